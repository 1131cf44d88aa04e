import * as fc from 'fast-check';
import type { Tally } from '../campaigns/tally.js';
import { FIRST_PURCHASES, MOVES, SHELF } from './arbitrary-moves.js';
import { emptyWorld } from './empty-world.js';
import { DeliverWebhook } from './moves/deliver.move.js';
import type { Model, Move } from './moves/move.js';
import { exactly } from './moves/order-move.js';
import { SettlePayment, SubmitRefunds } from './moves/worker.moves.js';
import type { ShopUnderTest } from './shop-under-test.js';
import { orderAt, type PaymentModel } from './world.js';

const MOST_MOVES = 60;
/** A lost answer takes one more look than an open intent. */
const LOOKS = 3;

/**
 * Whatever happens to a shop, in any order: after each move it is as the model says, and once all news have arrived nothing
 * is under way, the audit is clean and Stripe's books agree with ours.
 */
export function orderLife(shop: ShopUnderTest, tally: Tally, replayPath?: string) {
  const moves = fc.commands(MOVES, {
    maxCommands: MOST_MOVES,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
  return fc.asyncProperty(FIRST_PURCHASES, moves, (purchases, made) => live(shop, purchases, made, tally));
}

/** One life of a shop, which has to begin with purchases. */
export async function live(
  shop: ShopUnderTest,
  purchases: readonly Move[],
  moves: Iterable<fc.AsyncCommand<Model, ShopUnderTest>>,
  tally: Tally,
): Promise<void> {
  await shop.open(SHELF);
  const model: Model = { world: emptyWorld(), tally };
  for (const purchase of purchases) await purchase.run(model, shop);
  await fc.asyncModelRun(() => ({ model, real: shop }), moves);
  await letDustSettle(model, shop);
  await shop.requirePromisesKept();
  tally.count('runs to the end');
}

/** Every event is delivered at last, and the worker looks after whatever is open. Each step is checked like any other. */
async function letDustSettle(model: Model, shop: ShopUnderTest): Promise<void> {
  for (const place of model.world.orders.keys()) {
    const payment = () => orderAt(model.world, place).payment;
    for (let event = 0; event < (payment()?.history.length ?? 0); event += 1) {
      if (!payment()?.delivered.includes(event))
        await new DeliverWebhook(exactly(place), event, 'now').run(model, shop);
    }
    for (let look = 0; look < LOOKS && isExpected(payment()); look += 1) {
      await new SettlePayment(exactly(place)).run(model, shop);
    }
  }
  const refunds = new SubmitRefunds(null);
  if (refunds.check(model)) await refunds.run(model, shop);
}

function isExpected(payment: PaymentModel | null | undefined): boolean {
  return payment?.status === 'processing' || payment?.status === 'pending' || payment?.status === 'requires_action';
}
