import type { OrderItemId } from '../../kernel/id.js';
import { multiplyMinor, sumMinor } from '../../kernel/money.js';
import { OrderNotPaid, RefundExceedsCaptured, RefundExceedsOrdered } from './refund.errors.js';
import type { RefundItem } from './refund.js';

/** An item of the order, and how much of it refunds have taken or hold already. */
export interface RefundableItem {
  readonly id: OrderItemId;
  readonly unitPrice: number;
  readonly quantity: number;
  readonly held: number;
}

export interface RefundRequest {
  /** Undefined: whatever is left, or none where an amount is given. */
  readonly items?: readonly RefundItem[] | undefined;
  /** Minor units. Undefined: what the items cost, or all that is left. */
  readonly amount?: number | undefined;
}

export interface RefundPlan {
  readonly amount: number;
  readonly items: readonly RefundItem[];
}

interface Money {
  readonly orderId: string;
  readonly status: string;
  readonly refundable: number;
}

/** Whether an order has sold nothing yet: money that it has got nevertheless waits for a person. */
export function waitsForMoney(status: string): boolean {
  return status === 'created' || status === 'payment_failed';
}

/** Whether another payment had paid the order already: this money never belonged to it. */
export function isSurplus(
  order: { readonly paymentTransactionId: string | null },
  payment: { readonly id: string; readonly provider: string },
): boolean {
  const { paymentTransactionId: paidBy } = order;
  return paidBy !== null && payment.provider === 'stripe' && payment.id !== paidBy;
}

/**
 * What a request to refund comes to. Without members: all that is left, shipping included. `items`: what they cost,
 * without shipping. `amount` alone: money only. Both: `amount` is the money and the items go back on the shelf. Goods of
 * an order that was never sold lie on the shelf already.
 */
export function planRefund(request: RefundRequest, items: readonly RefundableItem[], money: Money): RefundPlan {
  const { items: named, amount: asked } = request;
  requireMoney(request, money);
  const sold = money.status === 'cancelled' ? [] : items;
  const wanted = named ?? (asked === undefined ? allThatIsLeft(sold) : []);
  requireLeft(wanted, sold);
  const amount = asked ?? (named === undefined ? money.refundable : priceOf(wanted, sold));
  if (amount > money.refundable) throw new RefundExceedsCaptured(amount, money.refundable);
  return { amount, items: wanted };
}

function requireMoney({ items, amount }: RefundRequest, { orderId, status, refundable }: Money): void {
  const nothingLeft = refundable <= 0 && items === undefined && amount === undefined;
  if (nothingLeft || waitsForMoney(status)) throw new OrderNotPaid(orderId, status);
}

function allThatIsLeft(items: readonly RefundableItem[]): RefundItem[] {
  return items
    .filter((item) => item.quantity > item.held)
    .map((item) => ({ orderItemId: item.id, quantity: item.quantity - item.held }));
}

/** Throws RefundExceedsOrdered where there are fewer units left than are wanted. */
export function requireLeft(wanted: readonly RefundItem[], items: readonly RefundableItem[]): void {
  const excess = wanted.flatMap(({ orderItemId, quantity }) => {
    const item = items.find((candidate) => candidate.id === orderItemId);
    const refundable = item ? item.quantity - item.held : 0;
    return quantity > refundable ? [{ item_id: orderItemId, requested: quantity, refundable }] : [];
  });
  if (excess.length > 0) throw new RefundExceedsOrdered(excess);
}

function priceOf(wanted: readonly RefundItem[], items: readonly RefundableItem[]): number {
  const prices = new Map(items.map((item) => [item.id, item.unitPrice]));
  return sumMinor(wanted.map(({ orderItemId, quantity }) => multiplyMinor(prices.get(orderItemId) ?? 0, quantity)));
}
