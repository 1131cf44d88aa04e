import { Buy, type Purchase } from './moves/buy.move.js';
import { Authenticate, ConfirmAsClient } from './moves/client.moves.js';
import type { Move } from './moves/move.js';
import { exactly } from './moves/order-move.js';
import { Pay } from './moves/pay.move.js';
import { PassTime } from './moves/pass-time.move.js';
import { ExpireHold, SettlePayment, SubmitRefunds } from './moves/worker.moves.js';

const mug = { product: 0, quantity: 1 };
const buy = (payment: Purchase['payment'], lines = [mug]): Move =>
  new Buy({ customer: 0, lines, through: 'cart', payment, mishap: null });

const IT = exactly(0);

/** Orders of events that chance seldom finds, and what broke once. */
export const STORIES: Readonly<Record<string, readonly Move[]>> = {
  'the bank refuses a buyer, and Stripe is asked about it again while he tries once more': [
    ...[buy('threeDSecure'), new Authenticate(IT, 'fail'), new SettlePayment(IT)],
    ...[new Pay(IT, null, null), new PassTime(2), new SettlePayment(IT), new ConfirmAsClient(IT, 'visa')],
  ],
  'an order is given up because Stripe does not answer, and is paid all the same': [
    ...[buy('none'), new ExpireHold(IT, 1), new ExpireHold(IT, 601)],
    ...[new ConfirmAsClient(IT, 'visa'), new SettlePayment(IT), new SubmitRefunds(null)],
  ],
  'money comes after a decline, when the last one is sold': [
    ...[buy('none', [{ product: 2, quantity: 2 }]), new ConfirmAsClient(IT, 'declined'), new PassTime(2)],
    ...[new SettlePayment(IT), buy('visa', [{ product: 2, quantity: 1 }]), new ConfirmAsClient(IT, 'visa')],
  ],
};
