import {
  after,
  isWaiting,
  type OrderModel,
  orderAt,
  type PaymentModel,
  type UnheardCall,
  type World,
} from '../world.js';
import { beginCancel, execute } from './calling.rules.js';
import { standingOf } from './intent.rules.js';
import { learn, learnAll } from './learning.rules.js';

/**
 * What may come of looking after the payment of an order, as the worker does: a call whose answer was lost is sent again, an
 * open intent is asked for.
 */
export function settled(world: World, place: number): World[] {
  const { payment } = orderAt(world, place);
  if (!payment || payment.status === 'succeeded' || payment.status === 'canceled') return [world];
  if (payment.call) return sentAgain(world, place, payment.call);
  if (payment.status === 'failed') return [world];
  if (!isWaiting(orderAt(world, place))) return [after(world, (next) => giveUpAndLearn(next, orderAt(next, place)))];
  const learned = after(world, (next) => learnAll(next, orderAt(next, place)));
  if (payment.status !== 'pending' || standingOf(payment) !== 'declined') return [learned];
  // A decline from before the client was given the intent counts no more, and one of the very second cannot be told from it.
  return payment.known === payment.history.length - 1 ? [world] : [learned, world];
}

function sentAgain(world: World, place: number, call: UnheardCall): World[] {
  if (!call.executed) return [after(world, (next) => executeAndLearn(next, orderAt(next, place), call))];
  const { payment } = orderAt(world, place);
  const learned = after(world, (next) => learnAll(next, orderAt(next, place)));
  // An intent that processes cannot be given up, and while it does there is nothing to be concluded from a lost answer.
  if (call.action === 'cancel' && payment && standingOf(payment) === 'processing') return [world, learned];
  // The key gives the answer of then, and Stripe may be further since.
  if (call.replay === 'result') return [after(world, (next) => learn(next, orderAt(next, place), call.at)), learned];
  return [learned];
}

function executeAndLearn(world: World, order: OrderModel, call: UnheardCall): void {
  execute(paymentOf(order), call);
  learnAll(world, order);
}

/** An intent that nobody may pay any more. */
function giveUpAndLearn(world: World, order: OrderModel): void {
  beginCancel(paymentOf(order), null, null);
  learnAll(world, order);
}

export function paymentOf(order: OrderModel): PaymentModel {
  if (!order.payment) throw new Error('the order has no payment');
  return order.payment;
}
