import type { Payment, PaymentAttempt, PaymentState } from './payment.js';
import { asPresent, isAtRest, isAuthorized, isMoving, withFact } from './payment-change.js';
import type { FactKind, PaymentFact } from './payment-fact.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second));

const payment = (changes: Partial<Payment> = {}): Payment => ({
  id: 'pay_01kaf5d3m0e9wtsz1v5b7x2y4q',
  orderId: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
  customerId: 'customer_1',
  provider: 'stripe',
  status: 'processing',
  amount: 5_649,
  currency: 'usd',
  capturedAmount: 0,
  refundHold: 0,
  providerPaymentId: null,
  declineCode: null,
  lastFactAt: null,
  nextCheckAt: null,
  checks: 0,
  createdAt: at(0),
  updatedAt: at(0),
  ...changes,
});

const fact = (kind: FactKind, second: number, changes: Partial<PaymentFact> = {}): PaymentFact => ({
  kind,
  providerPaymentId: 'pi_1',
  amount: 5_649,
  capturedAmount: kind === 'succeeded' ? 5_649 : 0,
  currency: 'usd',
  declineCode: null,
  occurredAt: at(second),
  ...changes,
});

const STATES: readonly (readonly [FactKind, PaymentState])[] = [
  ['open', 'pending'],
  ['processing', 'processing'],
  ['requires_action', 'requires_action'],
  ['authorized', 'authorized'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
];

describe('the first fact about a payment', () => {
  it.each(STATES)('(%s) makes it %s and names the intent', (kind, status) => {
    expect(withFact(payment(), fact(kind, 1))).toEqual(
      payment({
        status,
        providerPaymentId: 'pi_1',
        capturedAmount: kind === 'succeeded' ? 5_649 : 0,
        lastFactAt: at(1),
      }),
    );
  });

  it('may be a refusal before there was any intent', () => {
    const refused = fact('failed', 1, { providerPaymentId: null, declineCode: 'resource_missing' });

    expect(withFact(payment(), refused)).toMatchObject({
      status: 'failed',
      providerPaymentId: null,
      declineCode: 'resource_missing',
    });
  });
});

//
describe('facts of one intent', () => {
  const applied = (first: PaymentFact, second: PaymentFact) => {
    const once = withFact(payment(), first) ?? payment();
    return withFact(once, second) ?? once;
  };

  it('count by the time at the provider, not by the time they are heard', () => {
    const declined = fact('failed', 5, { declineCode: 'lost_card' });

    expect(applied(declined, fact('requires_action', 4)).status).toBe('failed');
    expect(applied(declined, fact('requires_action', 6)).status).toBe('requires_action');
    expect(applied(fact('requires_action', 4), declined).status).toBe('failed');
  });

  it('count in the order they are heard where both have the same second', () => {
    expect(applied(fact('failed', 5), fact('requires_action', 5)).status).toBe('requires_action');
    expect(applied(fact('requires_action', 5), fact('failed', 5)).status).toBe('failed');
  });

  it.each([
    ['in the same second as the decline', 5],
    ['after it', 6],
  ])('end with the captured money that came %s', (_, second) => {
    expect(applied(fact('failed', 5), fact('succeeded', second))).toMatchObject({
      status: 'succeeded',
      capturedAmount: 5_649,
      declineCode: null,
    });
  });

  it('give an intent up, also when told late', () => {
    expect(applied(fact('failed', 5), fact('canceled', 4)).status).toBe('canceled');
  });

  it.each(['succeeded', 'canceled'] as const)('change nothing once it %s', (status) => {
    const ended = payment({ status, lastFactAt: at(1) });

    for (const [kind] of STATES) expect(withFact(ended, fact(kind, 9))).toBeUndefined();
  });

  it('keep the decline only as long as it is the last word', () => {
    const declined = withFact(payment(), fact('failed', 1, { declineCode: 'insufficient_funds' }));

    expect(declined?.declineCode).toBe('insufficient_funds');
    expect(applied(fact('failed', 1, { declineCode: 'insufficient_funds' }), fact('open', 2)).declineCode).toBeNull();
  });

  it('never rename the intent', () => {
    const named = payment({ providerPaymentId: 'pi_1' });

    expect(withFact(named, fact('open', 1, { providerPaymentId: 'pi_2' }))?.providerPaymentId).toBe('pi_1');
    expect(withFact(named, fact('failed', 1, { providerPaymentId: null }))?.providerPaymentId).toBe('pi_1');
  });
});

describe('a decline whose charge was begun before what we know', () => {
  const late = fact('failed', 1, { declineCode: 'insufficient_funds' });
  const attempt: PaymentAttempt = {
    id: 'att_01kaf5d3m0e9wtsz1v5b7x2y4q',
    paymentId: payment().id,
    action: 'confirm',
    request: {
      amount: 5_649,
      currency: 'usd',
      paymentId: payment().id,
      orderId: payment().orderId,
      providerPaymentId: 'pi_1',
      paymentMethod: 'pm_card_visa',
      cancelReason: null,
    },
    outcome: 'unknown',
    createdAt: at(5),
  };

  it.each(['processing', 'requires_action', 'authorized'] as const)('ends a try that is %s', (status) => {
    expect(withFact(payment({ status, lastFactAt: at(5) }), late)).toMatchObject({
      status: 'failed',
      declineCode: 'insufficient_funds',
      lastFactAt: at(5),
    });
  });

  it('says nothing about a call that was sent since', () => {
    expect(withFact(payment({ status: 'processing', lastFactAt: at(5) }), late, attempt)).toBeUndefined();
  });

  it.each(['pending', 'failed'] as const)('says nothing about a payment that is %s', (status) => {
    expect(withFact(payment({ status, lastFactAt: at(5) }), late)).toBeUndefined();
  });
});

describe('a payment', () => {
  it.each([
    ['pending', false, false, false],
    ['processing', false, true, false],
    ['requires_action', false, false, false],
    ['authorized', false, false, true],
    ['succeeded', true, false, false],
    ['failed', true, false, false],
    ['canceled', true, false, false],
  ] as const)('that is %s: at rest %s, money moving %s, held %s', (status, atRest, moving, held) => {
    expect(isAtRest(payment({ status }))).toBe(atRest);
    expect(isMoving(payment({ status }))).toBe(moving);
    expect(isAuthorized(payment({ status }))).toBe(held);
  });
});

describe('a fact that was asked for', () => {
  const known = payment({ status: 'pending', lastFactAt: at(5) });

  it.each(['open', 'processing', 'requires_action', 'authorized'] as const)(
    'is how the payment stands now (%s), though whole seconds make it seem older',
    (kind) => {
      expect(asPresent(known, fact(kind, 4)).occurredAt).toEqual(at(5));
      expect(withFact(known, asPresent(known, fact(kind, 4)))?.lastFactAt).toEqual(at(5));
    },
  );

  it('keeps its date where it is newer, where nothing else is known, and where it took longer than a second', () => {
    expect(asPresent(known, fact('requires_action', 6)).occurredAt).toEqual(at(6));
    expect(asPresent(payment(), fact('requires_action', 4)).occurredAt).toEqual(at(4));
    expect(asPresent(known, fact('requires_action', 3)).occurredAt).toEqual(at(3));
  });

  it('keeps its date as a decline, which may be the last card’s', () => {
    expect(asPresent(known, fact('failed', 4)).occurredAt).toEqual(at(4));
  });
});
