import { newId } from '../../kernel/id.js';
import type { Refund } from './refund.js';
import { consequenceOf, isRetryable } from './refund-change.js';
import { REFUND_STATUSES, type RefundStatus } from './refund-state.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const ORDER_ID = newId('ord');

const refund = (given: Partial<Refund> = {}): Refund => ({
  ...{
    id: newId('ref'),
    orderId: ORDER_ID,
    paymentId: newId('pay'),
    amount: 500,
    currency: 'usd',
    status: 'submitted',
  },
  ...{ reason: null, restock: true, external: false, providerRefundId: null, failureCode: null, round: 1, version: 1 },
  ...{ submittedAt: NOW, lastFactAt: null, checks: 0, createdAt: NOW, updatedAt: NOW },
  ...given,
});

describe('what a refund means for its order', () => {
  const told = (from: RefundStatus, to: RefundStatus, given: Partial<Refund> = {}, status = 'paid') =>
    consequenceOf(refund({ ...given, status: from }), refund({ ...given, status: to }), { status });
  const taken = { providerRefundId: 're_1' };

  it.each(['submitted', 'pending'] as const)('is booked when it succeeds after it was %s', (from) => {
    expect(told(from, 'succeeded', taken)).toBe('book');
    expect(told(from, 'succeeded', { ...taken, external: true })).toBe('book');
  });

  it('is nothing while the bank works on it', () => {
    expect(told('submitted', 'pending', taken)).toBe('nothing');
  });

  it.each(['failed', 'canceled'] as const)('is taken back where it is %s after it had succeeded', (to) => {
    expect(told('succeeded', to, taken)).toBe('take_back');
    expect(told('succeeded', to, { ...taken, external: true })).toBe('take_back');
  });

  it('asks for a person where the provider took it and it came to nothing, unless it was made there', () => {
    expect(told('pending', 'failed', taken)).toBe('ask_person');
    expect(told('submitted', 'canceled', taken)).toBe('ask_person');
    expect(told('pending', 'failed', { ...taken, external: true })).toBe('nothing');
  });

  it('is nothing where it was refused outright, unless the order has ended and the money is still here', () => {
    expect(told('submitted', 'failed')).toBe('nothing');
    expect(told('submitted', 'failed', {}, 'cancelled')).toBe('ask_person');
  });

  it('is nothing where the money never belonged to the order, as long as it goes', () => {
    expect(told('submitted', 'succeeded', { ...taken, orderId: null })).toBe('nothing');
    expect(told('submitted', 'failed', { orderId: null })).toBe('ask_person');
    expect(told('succeeded', 'failed', { ...taken, orderId: null })).toBe('ask_person');
  });
});

describe('a refund that can be tried again', () => {
  const payment = { id: 'pay_1', orderId: ORDER_ID };
  const order = { paymentTransactionId: 'pay_1' };

  it.each(REFUND_STATUSES)('is one of ours that came to nothing (%s)', (status) => {
    const dead = status === 'failed' || status === 'canceled';

    expect(isRetryable(refund({ status }), payment, order)).toBe(dead);
    expect(isRetryable(refund({ status, external: true }), payment, order)).toBe(false);
  });

  it('is not one of a payment without an order that an order was paid with since', () => {
    const forgotten = refund({ status: 'failed', orderId: null });

    expect(isRetryable(forgotten, { ...payment, orderId: null }, null)).toBe(true);
    expect(isRetryable(forgotten, payment, null)).toBe(false);
    expect(isRetryable(forgotten, payment, order)).toBe(false);
    expect(isRetryable(forgotten, payment, { paymentTransactionId: 'pay_other' })).toBe(true);
  });
});
