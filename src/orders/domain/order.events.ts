import { type DomainEvent, eventFamily } from '../../kernel/domain-event.js';
import { type DataOf, flag, integer, listOf, oneOf, orNull, text } from '../../kernel/shape.js';
import type { Order, OrderItem } from './order.js';
import { FULFILLMENT_STATUSES, ORDER_STATUSES, PAYMENT_STATUSES } from './order-state.js';

const ORDER_DATA = {
  type: text('The type of the event, once more.'),
  order_id: text('The order, `ord_…`.'),
  number: integer('Its number for people.'),
  version: integer('Counts the changes of the order from 1 on; the same as `sequence`.'),
  status: oneOf(ORDER_STATUSES, 'The status after the change.'),
  payment_status: oneOf(PAYMENT_STATUSES, 'How its payment stands after the change.'),
  fulfillment_status: oneOf(FULFILLMENT_STATUSES, 'Whether the parcel has left.'),
  disputed: flag('Whether the buyer contested the charge at his bank.'),
  customer_id: text('Who ordered.'),
  user_email: orNull(text('Where mail about the order goes.')),
  currency: text('ISO 4217, lower case.'),
  amount_cents: integer('What the order costs, shipping included, in minor units of `currency`.'),
  refunded_amount_cents: integer('How much of it went back, in minor units.'),
  payment_transaction_id: orNull(text('The payment that paid it.')),
  cancel_reason: orNull(text('Why it was cancelled, as far as somebody said.')),
  items: listOf(
    {
      product_id: orNull(text('Null once the product was deleted for good.')),
      qty: integer('Units.'),
      unit_price_cents: integer('What one of them cost when it was ordered, in minor units.'),
    },
    'What was ordered. Always all of it, whatever the event tells.',
  ),
};

const PAID = {
  status: 'paid',
  payment_status: 'paid',
  payment_transaction_id: 'pay_01kaf5d3m0e9wtsz1v5b7x2y4q',
} as const;

/** What is told of orders. Every change of an order has exactly one event, of the same version. */
export const ORDER_EVENTS = eventFamily({
  subject: 'the order',
  shape: ORDER_DATA,
  example: {
    type: 'order.created',
    order_id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
    number: 1001,
    version: 1,
    status: 'created',
    payment_status: 'processing',
    fulfillment_status: 'unfulfilled',
    disputed: false,
    customer_id: 'alice',
    user_email: 'alice@example.com',
    currency: 'usd',
    amount_cents: 5_649,
    refunded_amount_cents: 0,
    payment_transaction_id: null,
    cancel_reason: null,
    items: [{ product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q', qty: 2, unit_price_cents: 2_500 }],
  },
  kinds: {
    'order.created': { summary: 'An order was placed and its stock is held.', example: {} },
    'order.paid': {
      summary: 'Its money is there and its stock is sold: it can be packed.',
      example: { ...PAID, version: 2 },
    },
    'order.payment_failed': {
      summary: 'A card was declined. The order waits for another one, and its stock is free again.',
      example: { status: 'payment_failed', payment_status: 'failed', version: 2 },
    },
    'order.payment_updated': {
      summary: 'Its payment moved on without an end yet: under way, waiting for the buyer, or accepted by a person.',
      example: { payment_status: 'requires_action', version: 2 },
    },
    'order.reservation_expired': {
      summary: 'Its stock is held no longer, while a person still looks at its money.',
      example: { payment_status: 'review', version: 3 },
    },
    'order.cancelled': {
      summary: 'It was given up, by somebody or because nobody paid in time. Its stock is free again.',
      example: { status: 'cancelled', payment_status: 'unpaid', cancel_reason: 'reservation_expired', version: 2 },
    },
    'order.fulfilled': {
      summary: 'The parcel has left.',
      example: { ...PAID, status: 'fulfilled', fulfillment_status: 'shipped', version: 3 },
    },
    'order.archived': {
      summary: 'It was put away for good.',
      example: { ...PAID, status: 'archived', fulfillment_status: 'shipped', version: 4 },
    },
    'order.refunded': {
      summary: 'All of its money went back.',
      example: {
        ...PAID,
        ...{ status: 'refunded', payment_status: 'refunded', refunded_amount_cents: 5_649, version: 3 },
      },
    },
    'order.partially_refunded': {
      summary: 'Some of its money went back; `refunded_amount_cents` says how much in all.',
      example: { ...PAID, payment_status: 'partially_refunded', refunded_amount_cents: 2_500, version: 3 },
    },
    'payment.review': {
      summary: 'Its money does not fit, came twice, or came back: a person has to look at it.',
      example: { payment_status: 'review', version: 2 },
    },
    'dispute.opened': {
      summary: 'The buyer contested the charge at his bank: a person has to answer him.',
      example: { ...PAID, disputed: true, version: 3 },
    },
  },
});

export type OrderEventType = keyof typeof ORDER_EVENTS.kinds;

/** An order event carries what mail, warehouse and search need, so that none of them has to ask back. */
export function orderEvent(
  type: OrderEventType,
  order: Order,
  items: readonly OrderItem[],
): DomainEvent<OrderEventType> {
  const data: DataOf<typeof ORDER_DATA> & { readonly type: OrderEventType } = {
    type,
    order_id: order.id,
    number: order.number,
    version: order.version,
    status: order.status,
    payment_status: order.paymentStatus,
    fulfillment_status: order.fulfillmentStatus,
    disputed: order.disputed,
    customer_id: order.customerId,
    user_email: order.email,
    currency: order.currency,
    amount_cents: order.totalAmount,
    refunded_amount_cents: order.refundedAmount,
    payment_transaction_id: order.paymentTransactionId,
    cancel_reason: order.cancelReason,
    items: items.map((item) => ({
      product_id: item.productId,
      qty: item.quantity,
      unit_price_cents: item.unitPrice,
    })),
  };
  return { type, aggregateId: order.id, version: order.version, data };
}

/** The state of an order as the audit trail keeps it, before and after a change. */
export function auditState(order: Order): Readonly<Record<string, unknown>> {
  return {
    status: order.status,
    payment_status: order.paymentStatus,
    fulfillment_status: order.fulfillmentStatus,
    disputed: order.disputed,
    total: order.totalAmount,
    currency: order.currency,
    refunded_amount: order.refundedAmount,
    payment_transaction_id: order.paymentTransactionId,
    cancel_reason: order.cancelReason,
    version: order.version,
  };
}
