import {
  areAvailable,
  isWaiting,
  type Line,
  type OrderModel,
  type PaymentModel,
  productAt,
  type World,
} from '../world.js';

/** Why orders end by themselves. */
export const RESERVATION_EXPIRED = 'reservation_expired';
const OUT_OF_STOCK = 'out_of_stock_at_payment';

const STATUS_OF = {
  open: 'pending',
  requires_action: 'requires_action',
  processing: 'processing',
  succeeded: 'succeeded',
  declined: 'failed',
  canceled: 'canceled',
} as const;

/**
 * The service hears how the intent stood at one place of its history, and draws the conclusions: docs/architecture.md,
 * "Facts about a payment".
 */
export function learn(world: World, order: OrderModel, place: number): void {
  const { payment } = order;
  const standing = payment?.history[place];
  if (!payment || standing === undefined) throw new Error(`there is nothing to learn at ${place}`);
  if (payment.status === 'succeeded' || payment.status === 'canceled') return;
  const reason = payment.call?.reason ?? null;
  payment.call = null;
  payment.known = Math.max(payment.known, place);
  payment.status = STATUS_OF[standing];
  if (standing === 'succeeded') takeMoney(world, order, payment);
  else if (isWaiting(order)) applyToWaiting(world, order, standing, reason);
}

/** The latest that there is to learn. */
export function learnAll(world: World, order: OrderModel): void {
  learn(world, order, (order.payment?.history.length ?? 0) - 1);
}

function applyToWaiting(
  world: World,
  order: OrderModel,
  standing: Exclude<keyof typeof STATUS_OF, 'succeeded'>,
  reason: string | null,
): void {
  if (standing === 'open') order.paymentStatus = 'unpaid';
  else if (standing === 'declined') failOrder(world, order);
  else if (standing === 'canceled') endOrder(order, reason);
  else order.paymentStatus = standing;
}

function failOrder(world: World, order: OrderModel): void {
  const isFirst = order.status === 'created';
  order.status = 'payment_failed';
  order.paymentStatus = 'failed';
  order.held = false;
  const cart = world.carts[order.customer];
  if (isFirst && order.fromCart && cart?.length === 0) cart.push(...order.lines);
}

/** The order is given up and its stock is free. */
export function endOrder(order: OrderModel, reason: string | null): void {
  order.paymentStatus = order.paymentStatus === 'failed' ? 'failed' : 'unpaid';
  order.status = 'cancelled';
  order.cancelReason = reason;
  order.held = false;
}

/** Money buys the goods, or goes back where there are none or nobody wants them any more. */
export function takeMoney(world: World, order: OrderModel, payment: PaymentModel): void {
  payment.captured = order.total;
  if (!isWaiting(order)) {
    giveBackAll(order, payment);
  } else if (order.held || areAvailable(world, order.lines)) {
    sell(world, order.lines);
    order.held = false;
    order.status = 'paid';
    order.paymentStatus = 'paid';
  } else {
    giveBackAll(order, payment);
    endOrder(order, OUT_OF_STOCK);
  }
}

function sell(world: World, lines: readonly Line[]): void {
  for (const { product, quantity } of lines) productAt(world, product).onHand -= quantity;
}

/** The money that bought nothing. No unit goes back to the shelf with it. */
function giveBackAll(order: OrderModel, payment: PaymentModel): void {
  payment.hold = payment.captured;
  const units = order.lines.map(() => 0);
  payment.refunds.push({ amount: payment.captured, units, restock: false, status: 'requested', isMade: false });
}
