import { InvalidTransition, OrderAlreadyPaid } from './order.errors.js';
import type { Order, OrderPatch } from './order.js';
import type { OrderEventType } from './order.events.js';
import { orderMachine, type OrderStatus, type PaymentStatus } from './order-state.js';

/** What a decision changes, and under which names the audit trail and the events tell it. */
export interface OrderChange {
  readonly patch: OrderPatch;
  readonly auditType: string;
  readonly eventType: OrderEventType;
}

/** Throws InvalidTransition, or OrderAlreadyPaid where that is what the caller has to hear. */
export function requireTransition(order: Pick<Order, 'id' | 'status'>, to: OrderStatus): void {
  if (orderMachine.allows(order.status, to)) return;
  if (to === 'paid' && (order.status === 'paid' || order.status === 'fulfilled')) throw new OrderAlreadyPaid(order.id);
  throw new InvalidTransition(order.id, order.status, to);
}

/** The money is there: the reservation turns into a sale. */
export function payOrder(order: Order, transactionId: string): OrderChange {
  requireTransition(order, 'paid');
  return {
    patch: { status: 'paid', paymentStatus: 'paid', paymentTransactionId: transactionId, reservationExpiresAt: null },
    auditType: 'order_paid',
    eventType: 'order.paid',
  };
}

/** The provider said no. A second refusal keeps the status but is a change of its own: the buyer tried again. */
export function failPayment(order: Order): OrderChange {
  if (order.status !== 'payment_failed') requireTransition(order, 'payment_failed');
  return {
    patch: { status: 'payment_failed', paymentStatus: 'failed', reservationExpiresAt: null },
    auditType: 'order_payment_failed',
    eventType: 'order.payment_failed',
  };
}

export function cancelOrder(order: Order, reason: string | null): OrderChange {
  requireTransition(order, 'cancelled');
  const paymentStatus: PaymentStatus = order.paymentStatus === 'failed' ? 'failed' : 'unpaid';
  return {
    patch: { status: 'cancelled', paymentStatus, cancelReason: reason, reservationExpiresAt: null },
    auditType: 'order_cancelled',
    eventType: 'order.cancelled',
  };
}

/** Its stock is held no longer, for what happens to its money takes longer than a hold may last. */
export function loseHold(): OrderChange {
  return {
    patch: { reservationExpiresAt: null },
    auditType: 'order_reservation_expired',
    eventType: 'order.reservation_expired',
  };
}

export function fulfilOrder(order: Order): OrderChange {
  requireTransition(order, 'fulfilled');
  return {
    patch: { status: 'fulfilled', fulfillmentStatus: 'shipped' },
    auditType: 'order_fulfilled',
    eventType: 'order.fulfilled',
  };
}

export function archiveOrder(order: Order): OrderChange {
  requireTransition(order, 'archived');
  return { patch: { status: 'archived' }, auditType: 'order_archived', eventType: 'order.archived' };
}

/** What went back of an order's money, in minor units. */
export interface RefundedMoney {
  readonly refunded: number;
  /** What there was to give back: not always the total, for a person may have accepted another amount. */
  readonly captured: number;
  /** Whether other money of the order still waits for a person's decision. */
  readonly inReview: boolean;
}

/** Money went back. All of it ends a paid order; a fulfilled one stays fulfilled, and its payment status tells. */
export function refundOrder(order: Order, { refunded, captured, inReview }: RefundedMoney): OrderChange {
  const full = refunded >= captured;
  const ends = full && orderMachine.allows(order.status, 'refunded');
  const paymentStatus: PaymentStatus = full ? 'refunded' : 'partially_refunded';
  return {
    patch: {
      refundedAmount: Math.min(refunded, order.totalAmount),
      paymentStatus: inReview ? 'review' : paymentStatus,
      ...(ends ? { status: 'refunded' as const } : {}),
    },
    auditType: full ? 'order_refunded' : 'order_partially_refunded',
    eventType: full ? 'order.refunded' : 'order.partially_refunded',
  };
}

/** A person looked at an order's payment and took it as it is; how it stands then follows from what went back. */
export function acceptPayment(order: Order): OrderChange {
  const some = order.refundedAmount > 0 ? 'partially_refunded' : 'paid';
  const paymentStatus: PaymentStatus = order.refundedAmount >= order.totalAmount ? 'refunded' : some;
  return { patch: { paymentStatus }, auditType: 'order_review_accepted', eventType: 'order.payment_updated' };
}

/** A refund that had succeeded came back: the money is with us again, and a person has to find another way. */
export function takeRefundBack(order: Order, refundedAmount: number): OrderChange {
  return {
    patch: { refundedAmount: Math.min(refundedAmount, order.totalAmount), paymentStatus: 'review' },
    auditType: 'order_refund_failed',
    eventType: 'payment.review',
  };
}

/** A payment is on its way, waits for the buyer, or needs a person; the order itself stays where it is. */
export function notePayment(paymentStatus: PaymentStatus, reservationExpiresAt?: Date): OrderChange {
  const review = paymentStatus === 'review';
  return {
    patch: { paymentStatus, ...(reservationExpiresAt === undefined ? {} : { reservationExpiresAt }) },
    auditType: review ? 'order_payment_review' : 'order_payment_updated',
    eventType: review ? 'payment.review' : 'order.payment_updated',
  };
}

/** The cardholder's bank asked for the money back. Nothing else follows from that by itself; a person has to answer it. */
export function disputeOrder(): OrderChange {
  return { patch: { disputed: true }, auditType: 'order_disputed', eventType: 'dispute.opened' };
}
