import { type DomainEvent, eventFamily } from '../../kernel/domain-event.js';
import { type DataOf, flag, integer, listOf, oneOf, orNull, text } from '../../kernel/shape.js';
import type { Refund, RefundItem } from './refund.js';
import { REFUND_STATUSES, type RefundStatus } from './refund-state.js';

const REFUND_DATA = {
  type: text('The type of the event, once more.'),
  refund_id: text('The refund, `ref_…`.'),
  version: integer('Counts the changes of the refund from 1 on; the same as `sequence`.'),
  status: oneOf(REFUND_STATUSES, 'The status after the change.'),
  order_id: orNull(text('The order; null for a standalone payment that never found one.')),
  payment_id: text('The payment that the money comes from.'),
  amount_cents: integer('How much goes back, in minor units of `currency`.'),
  currency: text('ISO 4217, lower case.'),
  reason: orNull(text('Why, as far as somebody said.')),
  failure_code: orNull(text('Why it failed, in the words of the provider.')),
  restock: flag('Whether the items go back on the shelf once the money is back.'),
  external: flag('Whether it was made at the provider and not here.'),
  items: listOf(
    { item_id: text('The item of the order.'), qty: integer('Units.') },
    'What it is for; empty: money only.',
  ),
};

/** What is told of refunds: one event for each change of the status. The order has an event of its own when money moved. */
export const REFUND_EVENTS = eventFamily({
  subject: 'the refund',
  shape: REFUND_DATA,
  example: {
    type: 'refund.requested',
    refund_id: 'ref_01kaf5d3m0e9wtsz1v5b7x2y4q',
    version: 1,
    status: 'requested',
    order_id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
    payment_id: 'pay_01kaf5d3m0e9wtsz1v5b7x2y4q',
    amount_cents: 2_500,
    currency: 'usd',
    reason: 'arrived broken',
    failure_code: null,
    restock: true,
    external: false,
    items: [{ item_id: 'item_01kaf5d3m0e9wtsz1v5b7x2y4q', qty: 1 }],
  },
  kinds: {
    'refund.requested': {
      summary: 'Money is promised back. After a failure: it is tried once more.',
      example: {},
    },
    'refund.submitted': {
      summary: 'The provider is being told.',
      example: { status: 'submitted', version: 2 },
    },
    'refund.pending': {
      summary: 'The provider has taken it, and the bank still works on it.',
      example: { status: 'pending', version: 3 },
    },
    'refund.succeeded': {
      summary: 'The money went back. Amounts and stock of the order have changed with it.',
      example: { status: 'succeeded', version: 3 },
    },
    'refund.failed': {
      summary: 'It failed, maybe after it had succeeded: the money is still here, and a person has to look at it.',
      example: { status: 'failed', failure_code: 'expired_or_canceled_card', version: 3 },
    },
    'refund.canceled': {
      summary: 'It was called off: the money is still here.',
      example: { status: 'canceled', version: 3 },
    },
  },
});

export type RefundEventType = keyof typeof REFUND_EVENTS.kinds;

/** What the refund's status says; its version is the event's. */
export function refundEvent(refund: Refund, items: readonly RefundItem[]): DomainEvent<RefundEventType> {
  const type = TYPE_OF[refund.status];
  const data: DataOf<typeof REFUND_DATA> & { readonly type: RefundEventType } = {
    type,
    refund_id: refund.id,
    version: refund.version,
    status: refund.status,
    order_id: refund.orderId,
    payment_id: refund.paymentId,
    amount_cents: refund.amount,
    currency: refund.currency,
    reason: refund.reason,
    failure_code: refund.failureCode,
    restock: refund.restock,
    external: refund.external,
    items: items.map((item) => ({ item_id: item.orderItemId, qty: item.quantity })),
  };
  return { type, aggregateId: refund.id, version: refund.version, data };
}

const TYPE_OF: Readonly<Record<RefundStatus, RefundEventType>> = {
  requested: 'refund.requested',
  submitted: 'refund.submitted',
  pending: 'refund.pending',
  succeeded: 'refund.succeeded',
  failed: 'refund.failed',
  canceled: 'refund.canceled',
};
