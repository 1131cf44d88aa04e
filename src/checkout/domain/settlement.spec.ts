import { type SettlingFact, type SettlingOrder, settle } from './settlement.js';

const payment = { id: 'pay_1', amount: 5_649, currency: 'usd' };

const order = (status: string, paymentStatus: string, paymentTransactionId: string | null = null): SettlingOrder => ({
  status,
  paymentStatus,
  paymentTransactionId,
});
const fact = (kind: SettlingFact['kind'], changes: Partial<SettlingFact> = {}): SettlingFact => ({
  kind,
  capturedAmount: kind === 'succeeded' ? 5_649 : 0,
  currency: 'usd',
  ...changes,
});

const NOTHING = { kind: 'nothing' };
const REVIEW = { kind: 'note', paymentStatus: 'review' };
const note = (paymentStatus: string) => ({ kind: 'note', paymentStatus });

const UNPAID = ['created', 'payment_failed'];
const ENDED = ['paid', 'fulfilled', 'cancelled', 'refunded', 'archived'];

describe('captured money', () => {
  it.each(UNPAID)('pays a %s order', (status) => {
    expect(settle(order(status, 'processing'), payment, fact('succeeded'), false)).toEqual({ kind: 'pay' });
  });

  it('pays also an order that its buyer was just giving up', () => {
    expect(settle(order('created', 'unpaid'), payment, fact('succeeded'), true)).toEqual({ kind: 'pay' });
  });

  it.each([
    ['less', { capturedAmount: 5_648 }],
    ['more', { capturedAmount: 5_650 }],
    ['nothing', { capturedAmount: 0 }],
    ['another currency', { currency: 'eur' }],
  ])('of the wrong amount (%s) is for a person to look at', (_, changes) => {
    expect(settle(order('created', 'processing'), payment, fact('succeeded', changes), false)).toEqual(REVIEW);
  });

  it.each(['paid', 'fulfilled', 'archived', 'refunded'])('is old news to a %s order that it paid', (status) => {
    expect(settle(order(status, 'paid', 'pay_1'), payment, fact('succeeded'), false)).toEqual(NOTHING);
  });

  it.each(['paid', 'fulfilled', 'refunded', 'archived'])(
    'that comes to a %s order on top is for a person',
    (status) => {
      expect(settle(order(status, 'paid', 'pay_other'), payment, fact('succeeded'), false)).toEqual(REVIEW);
    },
  );

  it('is not put to a person twice', () => {
    expect(settle(order('paid', 'review', 'pay_other'), payment, fact('succeeded'), false)).toEqual(NOTHING);
  });

  it('for an order that was given up goes back', () => {
    expect(settle(order('cancelled', 'unpaid'), payment, fact('succeeded'), false)).toEqual({ kind: 'give_back' });
  });
});

describe('a decline', () => {
  it.each(UNPAID)('fails a %s order', (status) => {
    expect(settle(order(status, 'processing'), payment, fact('failed'), false)).toEqual({ kind: 'fail' });
    expect(settle(order(status, 'processing'), payment, fact('failed'), true)).toEqual({ kind: 'fail' });
  });

  it.each(ENDED)('never touches a %s order', (status) => {
    expect(settle(order(status, 'paid', 'pay_1'), payment, fact('failed'), false)).toEqual(NOTHING);
  });
});

describe('an intent that was given up', () => {
  it.each(UNPAID)('cancels a %s order whose buyer asked for it', (status) => {
    expect(settle(order(status, 'unpaid'), payment, fact('canceled'), true)).toEqual({ kind: 'cancel' });
  });

  it.each(UNPAID)('fails a %s order whose buyer did not ask', (status) => {
    expect(settle(order(status, 'unpaid'), payment, fact('canceled'), false)).toEqual({ kind: 'fail' });
  });

  it.each(ENDED)('never touches a %s order', (status) => {
    expect(settle(order(status, 'paid', 'pay_1'), payment, fact('canceled'), true)).toEqual(NOTHING);
  });
});

describe('a payment on its way', () => {
  it.each([
    ['open', 'unpaid'],
    ['processing', 'processing'],
    ['requires_action', 'requires_action'],
  ] as const)('(%s) is noted as %s while nothing is paid', (kind, paymentStatus) => {
    expect(settle(order('created', 'failed'), payment, fact(kind), false)).toEqual(note(paymentStatus));
    expect(settle(order('payment_failed', 'failed'), payment, fact(kind), false)).toEqual(note(paymentStatus));
  });

  it.each([
    ['open', 'unpaid'],
    ['processing', 'processing'],
    ['requires_action', 'requires_action'],
  ] as const)('(%s) is not noted twice', (kind, paymentStatus) => {
    expect(settle(order('created', paymentStatus), payment, fact(kind), false)).toEqual(NOTHING);
  });

  it('(authorized) makes the stock be held for as long', () => {
    for (const status of ['created', 'payment_failed']) {
      const authorize = { kind: 'authorize' };
      expect(settle(order(status, 'processing'), payment, fact('authorized'), false)).toEqual(authorize);
      expect(settle(order(status, 'authorized'), payment, fact('authorized'), false)).toEqual(NOTHING);
    }
  });

  it.each(ENDED)('never touches a %s order', (status) => {
    for (const kind of ['open', 'processing', 'requires_action', 'authorized'] as const) {
      expect(settle(order(status, 'paid', 'pay_1'), payment, fact(kind), false)).toEqual(NOTHING);
    }
  });
});
