import {
  acceptPayment,
  archiveOrder,
  cancelOrder,
  disputeOrder,
  failPayment,
  fulfilOrder,
  notePayment,
  payOrder,
  refundOrder,
  takeRefundBack,
} from './order-change.js';
import { type Order } from './order.js';
import { ORDER_STATUSES, type OrderStatus, PAYMENT_STATUSES } from './order-state.js';

const HELD_UNTIL = new Date('2026-11-20T12:15:00.000Z');

const order = (changes: Partial<Order> = {}): Order => ({
  id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
  number: 1001,
  customerId: 'customer_1',
  email: 'buyer@example.com',
  status: 'created',
  paymentStatus: 'processing',
  fulfillmentStatus: 'unfulfilled',
  disputed: false,
  provider: 'stripe',
  currency: 'usd',
  subtotal: 5_000,
  shippingTotal: 649,
  taxTotal: 0,
  discountTotal: 0,
  totalAmount: 5_649,
  refundedAmount: 0,
  shippingAddress: null,
  paymentTransactionId: null,
  reservationExpiresAt: HELD_UNTIL,
  cancelReason: null,
  cartId: null,
  cartVersion: null,
  version: 1,
  createdAt: new Date('2026-11-20T12:00:00.000Z'),
  updatedAt: new Date('2026-11-20T12:00:00.000Z'),
  ...changes,
});

const refusedFrom = (...allowed: OrderStatus[]) => ORDER_STATUSES.filter((status) => !allowed.includes(status));

describe('paying', () => {
  it.each<OrderStatus>(['created', 'payment_failed'])(
    'keeps the transaction and ends the hold of a %s order',
    (status) => {
      expect(payOrder(order({ status }), 'pay_1')).toEqual({
        patch: { status: 'paid', paymentStatus: 'paid', paymentTransactionId: 'pay_1', reservationExpiresAt: null },
        auditType: 'order_paid',
        eventType: 'order.paid',
      });
    },
  );

  it.each(refusedFrom('created', 'payment_failed'))('refuses a %s order', (status) => {
    const code = status === 'paid' || status === 'fulfilled' ? 'order_already_paid' : 'invalid_transition';

    expect(() => payOrder(order({ status, paymentTransactionId: 'pay_1' }), 'pay_2')).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('a declined payment', () => {
  it.each<OrderStatus>(['created', 'payment_failed'])('ends the hold of a %s order, which stays payable', (status) => {
    expect(failPayment(order({ status }))).toEqual({
      patch: { status: 'payment_failed', paymentStatus: 'failed', reservationExpiresAt: null },
      auditType: 'order_payment_failed',
      eventType: 'order.payment_failed',
    });
  });

  it.each(refusedFrom('created', 'payment_failed'))('never touches a %s order', (status) => {
    expect(() => failPayment(order({ status }))).toThrow(
      expect.objectContaining({
        code: 'invalid_transition',
        message: `Cannot transition from '${status}' to 'payment_failed'`,
      }),
    );
  });
});

describe('cancelling', () => {
  it.each([
    ['created', 'unpaid', 'unpaid'],
    ['created', 'requires_action', 'unpaid'],
    ['created', 'processing', 'unpaid'],
    ['payment_failed', 'failed', 'failed'],
    ['payment_failed', 'unpaid', 'unpaid'],
  ] as const)('a %s order that was %s leaves the payment %s', (status, before, after) => {
    expect(cancelOrder(order({ status, paymentStatus: before }), 'changed my mind')).toEqual({
      patch: {
        status: 'cancelled',
        paymentStatus: after,
        cancelReason: 'changed my mind',
        reservationExpiresAt: null,
      },
      auditType: 'order_cancelled',
      eventType: 'order.cancelled',
    });
  });

  it('needs no reason', () => {
    expect(cancelOrder(order(), null).patch.cancelReason).toBeNull();
  });

  it.each(refusedFrom('created', 'payment_failed'))('refuses a %s order', (status) => {
    expect(() => cancelOrder(order({ status }), null)).toThrow(
      expect.objectContaining({ message: `Cannot transition from '${status}' to 'cancelled'` }),
    );
  });
});

describe('fulfilling', () => {
  it('ships a paid order', () => {
    expect(fulfilOrder(order({ status: 'paid', paymentStatus: 'paid' }))).toEqual({
      patch: { status: 'fulfilled', fulfillmentStatus: 'shipped' },
      auditType: 'order_fulfilled',
      eventType: 'order.fulfilled',
    });
  });

  it.each(refusedFrom('paid'))('refuses a %s order', (status) => {
    expect(() => fulfilOrder(order({ status }))).toThrow(
      expect.objectContaining({ message: `Cannot transition from '${status}' to 'fulfilled'` }),
    );
  });
});

describe('archiving', () => {
  it('puts a fulfilled order away and changes nothing else', () => {
    expect(archiveOrder(order({ status: 'fulfilled' }))).toEqual({
      patch: { status: 'archived' },
      auditType: 'order_archived',
      eventType: 'order.archived',
    });
  });

  it.each(refusedFrom('fulfilled'))('refuses a %s order', (status) => {
    expect(() => archiveOrder(order({ status }))).toThrow(
      expect.objectContaining({ message: `Cannot transition from '${status}' to 'archived'` }),
    );
  });
});

describe('a payment that moved', () => {
  it.each(PAYMENT_STATUSES.filter((status) => status !== 'review'))('is noted as %s, and the order stays', (status) => {
    expect(notePayment(status)).toEqual({
      patch: { paymentStatus: status },
      auditType: 'order_payment_updated',
      eventType: 'order.payment_updated',
    });
  });

  it('calls for a person under a name of its own', () => {
    expect(notePayment('review')).toEqual({
      patch: { paymentStatus: 'review' },
      auditType: 'order_payment_review',
      eventType: 'payment.review',
    });
  });

  it('may come with a new hold on the stock', () => {
    expect(notePayment('processing', HELD_UNTIL).patch).toEqual({
      paymentStatus: 'processing',
      reservationExpiresAt: HELD_UNTIL,
    });
  });
});

describe('money that went back', () => {
  const ALL = { refunded: 5_649, captured: 5_649, inReview: false };

  it('in full ends a paid order', () => {
    expect(refundOrder(order({ status: 'paid', paymentStatus: 'paid' }), ALL)).toEqual({
      patch: { status: 'refunded', refundedAmount: 5_649, paymentStatus: 'refunded' },
      auditType: 'order_refunded',
      eventType: 'order.refunded',
    });
  });

  it('in part leaves it paid', () => {
    expect(refundOrder(order({ status: 'paid', paymentStatus: 'paid' }), { ...ALL, refunded: 5_648 })).toEqual({
      patch: { refundedAmount: 5_648, paymentStatus: 'partially_refunded' },
      auditType: 'order_partially_refunded',
      eventType: 'order.partially_refunded',
    });
  });

  it.each<OrderStatus>(['fulfilled', 'archived'])('in full leaves a %s order where it is', (status) => {
    expect(refundOrder(order({ status }), ALL).patch).toEqual({ refundedAmount: 5_649, paymentStatus: 'refunded' });
  });

  it('is never booked beyond what the order cost', () => {
    const more = { ...ALL, refunded: 9_999, captured: 9_999 };

    expect(refundOrder(order({ status: 'paid' }), more).patch).toMatchObject({
      status: 'refunded',
      refundedAmount: 5_649,
    });
  });

  it('is all of it where all that was captured is back, whatever the order cost', () => {
    const accepted = order({ status: 'paid', paymentStatus: 'paid' });

    expect(refundOrder(accepted, { ...ALL, refunded: 5_000, captured: 5_000 }).patch).toEqual({
      status: 'refunded',
      refundedAmount: 5_000,
      paymentStatus: 'refunded',
    });
    expect(refundOrder(accepted, { ...ALL, captured: 6_000 }).patch).toEqual({
      refundedAmount: 5_649,
      paymentStatus: 'partially_refunded',
    });
  });

  it('leaves the question open that a person still has to answer', () => {
    const twice = order({ status: 'paid', paymentStatus: 'review' });

    expect(refundOrder(twice, { ...ALL, inReview: true }).patch).toMatchObject({
      status: 'refunded',
      paymentStatus: 'review',
    });
  });

  it('and came back again is for a person', () => {
    expect(takeRefundBack(order({ status: 'paid', refundedAmount: 5_649 }), 1_000)).toEqual({
      patch: { refundedAmount: 1_000, paymentStatus: 'review' },
      auditType: 'order_refund_failed',
      eventType: 'payment.review',
    });
  });
});

describe('a dispute', () => {
  it('marks the order and nothing else', () => {
    expect(disputeOrder()).toEqual({
      patch: { disputed: true },
      auditType: 'order_disputed',
      eventType: 'dispute.opened',
    });
  });
});

describe('a payment that a person accepted', () => {
  it.each([
    [0, 'paid'],
    [1, 'partially_refunded'],
    [5_648, 'partially_refunded'],
    [5_649, 'refunded'],
  ])('of which %i went back is %s', (refundedAmount, paymentStatus) => {
    expect(acceptPayment(order({ status: 'paid', paymentStatus: 'review', refundedAmount }))).toEqual({
      patch: { paymentStatus },
      auditType: 'order_review_accepted',
      eventType: 'order.payment_updated',
    });
  });
});
