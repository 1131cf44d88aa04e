import { expiryOf, type ExpiringPayment, LONGEST_GRACE_SECONDS, type LastCall } from './hold-expiry.js';

const order = (status: string, paymentStatus = 'unpaid') => ({ status, paymentStatus });
const payment = (status: ExpiringPayment['status'], providerPaymentId: string | null = 'pi_1') => ({
  status,
  providerPaymentId,
});
const call = (action: LastCall['action'], outcome: LastCall['outcome'] = 'unknown'): LastCall => ({ action, outcome });

describe('the end of the time of a hold', () => {
  it.each(['created', 'payment_failed'])('ends an order that is %s and that nobody began to pay', (status) => {
    expect(expiryOf(order(status), undefined, undefined, 0)).toBe('cancel');
  });

  it.each([payment('canceled'), payment('failed', null)])('ends an order whose intent is dead: %j', (dead) => {
    expect(expiryOf(order('payment_failed', 'failed'), dead, undefined, 0)).toBe('cancel');
  });

  it.each(['pending', 'requires_action', 'authorized', 'failed'] as const)(
    'gives an intent up first that is %s',
    (status) => {
      expect(expiryOf(order('created'), payment(status), call('create', 'accepted'), 0)).toBe('give_up_intent');
    },
  );

  it('gives an intent up also where nobody looked for longer than the grace', () => {
    expect(expiryOf(order('created'), payment('pending'), call('create', 'accepted'), 86_400)).toBe('give_up_intent');
  });

  it.each([
    [0, 'give_up_intent'],
    [LONGEST_GRACE_SECONDS, 'cancel'],
  ])('tries again for %i seconds to give up an intent that stayed open: %s', (overdueSeconds, expected) => {
    expect(expiryOf(order('created'), payment('pending'), call('cancel', 'accepted'), overdueSeconds)).toBe(expected);
  });

  it.each([
    ['processing', undefined],
    ['authorized', call('capture')],
    ['succeeded', undefined],
    ['pending', call('create')],
    ['pending', call('confirm')],
    ['processing', call('confirm')],
    ['processing', call('cancel', 'accepted')],
  ] as const)('keeps the stock while money may be moving: %s with %j', (status, open) => {
    expect(expiryOf(order('created', 'processing'), payment(status), open, 86_400)).toBe('keep');
  });

  it.each([
    [0, 'keep'],
    [LONGEST_GRACE_SECONDS - 1, 'keep'],
    [LONGEST_GRACE_SECONDS, 'cancel'],
  ])('waits %i seconds for a provider that does not answer: %s', (overdueSeconds, expected) => {
    expect(expiryOf(order('created'), payment('pending'), call('cancel'), overdueSeconds)).toBe(expected);
  });

  it.each([
    order('created', 'review'),
    order('payment_failed', 'review'),
    order('paid', 'paid'),
    order('cancelled', 'unpaid'),
  ])('leaves an order alone that does not wait for its buyer: %j', (left) => {
    expect(expiryOf(left, payment('pending'), undefined, 0)).toBe('let_go');
  });
});
