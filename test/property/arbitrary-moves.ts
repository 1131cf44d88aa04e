import * as fc from 'fast-check';
import { MISHAPS, type MishapName } from './mishap.js';
import { Archive, Count, Fulfil, RecordMoney, Refund } from './moves/admin.moves.js';
import { Buy, type Purchase } from './moves/buy.move.js';
import { Cancel } from './moves/cancel.move.js';
import { Authenticate, ConfirmAsClient, EndProcessing } from './moves/client.moves.js';
import { DeliverWebhook } from './moves/deliver.move.js';
import type { Move } from './moves/move.js';
import { Pay } from './moves/pay.move.js';
import { PassTime } from './moves/pass-time.move.js';
import { ExpireHold, SettlePayment, SubmitRefunds } from './moves/worker.moves.js';

/** What the shop sells in every run. There is little of it, so that buyers get into each other's way. */
export const SHELF = [
  { unitPrice: 1_000, onHand: 9 },
  { unitPrice: 2_599, onHand: 4 },
  { unitPrice: 333, onHand: 2 },
] as const;
export const CUSTOMERS = 2;

const isMishap = (name: string): name is MishapName => name in MISHAPS;

const pick = fc.nat({ max: 39 });
const product = fc.nat({ max: SHELF.length - 1 });
const mishap = fc.oneof(
  { arbitrary: fc.constant(null), weight: 4 },
  { arbitrary: fc.constantFrom(...Object.keys(MISHAPS).filter(isMishap)), weight: 1 },
);
const outcome = fc.constantFrom('succeed', 'fail');
const card = fc.constantFrom('visa', 'visa', 'visa', 'declined', 'threeDSecure', 'threeDSecure', 'bankDebit');

const purchase: fc.Arbitrary<Purchase> = fc
  .record({
    customer: fc.nat({ max: CUSTOMERS - 1 }),
    lines: fc.array(fc.record({ product, quantity: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 1,
      maxLength: 3,
      size: '-1',
    }),
    through: fc.constantFrom('cart', 'list'),
    payment: fc.constantFrom('visa', 'visa', 'declined', 'threeDSecure', 'bankDebit', 'none', 'none', 'manual'),
    mishap,
  })
  .map((made) => (made.payment === 'manual' ? { ...made, mishap: null } : made));

/** How a run begins, so that the other moves have something to be about. */
export const FIRST_PURCHASES: fc.Arbitrary<readonly Buy[]> = fc.array(
  purchase.map((made) => new Buy(made)),
  { minLength: 1, maxLength: 4, size: 'max' },
);

/** A move that is made more often than others is there more often. */
export const MOVES: fc.Arbitrary<Move>[] = [
  ...twice(purchase.map((made) => new Buy(made))),
  ...twice(fc.tuple(pick, fc.option(card, { freq: 4 }), mishap).map(([order, by, wrong]) => new Pay(order, by, wrong))),
  fc
    .tuple(pick, fc.constantFrom('visa', 'declined', 'threeDSecure'))
    .map(([order, by]) => new ConfirmAsClient(order, by)),
  fc.tuple(pick, outcome).map(([order, how]) => new Authenticate(order, how)),
  fc.tuple(pick, outcome).map(([order, how]) => new EndProcessing(order, how)),
  ...twice(
    fc
      .tuple(pick, fc.nat({ max: 5 }), fc.constantFrom('now', 'now', 'now', 'too long ago'))
      .map(([order, event, signed]) => new DeliverWebhook(order, event, signed)),
  ),
  ...twice(pick.map((order) => new SettlePayment(order))),
  ...twice(fc.integer({ min: 1, max: 3 }).map((seconds) => new PassTime(seconds))),
  ...twice(fc.tuple(pick, fc.constantFrom(1, 601)).map(([order, late]) => new ExpireHold(order, late))),
  fc.tuple(pick, fc.constantFrom('buyer', 'admin'), mishap).map(([order, by, wrong]) => new Cancel(order, by, wrong)),
  fc
    .tuple(pick, fc.constantFrom('all', 'money', 'goods'), fc.integer({ min: 1, max: 6_000 }), fc.boolean())
    .map(([order, what, much, restock]) => new Refund(order, what, much, restock)),
  mishap.map((wrong) => new SubmitRefunds(wrong)),
  pick.map((order) => new RecordMoney(order)),
  pick.map((order) => new Fulfil(order)),
  pick.map((order) => new Archive(order)),
  fc.tuple(product, fc.nat({ max: 6 })).map(([of, units]) => new Count(of, units)),
];

function twice<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T>[] {
  return [arbitrary, arbitrary];
}
