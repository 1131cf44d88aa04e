import { type OrderModel, type PaymentModel, productAt, type RefundModel, type World } from '../world.js';

export interface RefundAsked {
  /** Units by line; null: whatever is left, or none where there is an amount. */
  readonly units: readonly number[] | null;
  readonly amount: number | null;
  readonly restock: boolean;
}

/** Promises money back, as the admin's refund and the cancellation of a paid order do. Answers the refund, or the refusal. */
export function requestRefund(world: World, order: OrderModel, asked: RefundAsked): RefundModel | string {
  const { payment } = order;
  if (payment?.status !== 'succeeded') return '400 order_not_paid';
  const plan = planOf(world, order, payment, asked);
  return typeof plan === 'string' ? plan : begin(world, order, payment, plan);
}

function planOf(world: World, order: OrderModel, payment: PaymentModel, asked: RefundAsked): RefundModel | string {
  const refundable = payment.captured - payment.hold;
  const isAll = asked.units === null && asked.amount === null;
  if (isAll && refundable <= 0) return '400 order_not_paid';
  const left = unitsLeft(order, payment);
  const units = asked.units ?? left.map((some) => (isAll ? some : 0));
  if (exceeds(units, left)) return '422 refund_exceeds_ordered';
  const amount = asked.amount ?? (isAll ? refundable : priceOf(world, order, units));
  if (amount > refundable) return '422 refund_exceeds_captured';
  return { amount, units, restock: asked.restock, status: 'requested', isMade: false };
}

function begin(world: World, order: OrderModel, payment: PaymentModel, refund: RefundModel): RefundModel {
  payment.hold += refund.amount;
  payment.refunds.push(refund);
  if (order.provider === 'manual') succeed(world, order, refund);
  return refund;
}

function exceeds(wanted: readonly number[], left: readonly number[]): boolean {
  return wanted.some((units, line) => units > (left[line] ?? 0));
}

/** By line. The goods of an order that was never sold lie on the shelf already. */
function unitsLeft(order: OrderModel, payment: PaymentModel): number[] {
  if (order.status === 'cancelled') return order.lines.map(() => 0);
  return order.lines.map(({ quantity }, line) => quantity - heldUnits(payment, line));
}

function heldUnits(payment: PaymentModel, line: number): number {
  return payment.refunds.reduce((sum, { units }) => sum + (units[line] ?? 0), 0);
}

function priceOf(world: World, order: OrderModel, units: readonly number[]): number {
  return order.lines.reduce(
    (sum, { product }, line) => sum + productAt(world, product).unitPrice * (units[line] ?? 0),
    0,
  );
}

/** The money has gone. */
export function succeed(world: World, order: OrderModel, refund: RefundModel): void {
  refund.status = 'succeeded';
  order.lines.forEach(({ product }, line) => {
    const units = refund.units[line] ?? 0;
    order.refunded[line] = (order.refunded[line] ?? 0) + units;
    if (!refund.restock) return;
    order.restocked[line] = (order.restocked[line] ?? 0) + units;
    productAt(world, product).onHand += units;
  });
  order.refundedAmount += refund.amount;
  const isAll = order.refundedAmount >= order.total;
  order.paymentStatus = isAll ? 'refunded' : 'partially_refunded';
  if (isAll && order.status === 'paid') order.status = 'refunded';
}
