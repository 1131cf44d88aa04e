import Stripe from 'stripe';
import { connectionLost, stripeMock } from '../../../test/support/stripe-mock.js';
import { answerOfError, answerOfIntent, isOurFault, isUnexpectedState } from './stripe-answer.js';

const NOW = new Date('2026-11-20T12:00:07.900Z');
const THIS_SECOND = new Date('2026-11-20T12:00:07.000Z');

const { sdk, settle } = stripeMock({ now: () => new Date('2026-11-20T12:00:03.000Z') });
const terms = { amount: 5_649, currency: 'usd', metadata: { order_id: 'ord_1' } };

const created = (paymentMethod?: string) =>
  sdk.paymentIntents.create(
    paymentMethod === undefined ? terms : { ...terms, confirm: true, payment_method: paymentMethod },
  );
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const stripeError = (statusCode: number): Stripe.errors.StripeError =>
  new Stripe.errors.StripeAPIError({ message: 'no', type: 'api_error', statusCode });

describe('an intent as Stripe tells it', () => {
  it('that collected the money is a success, with the amount that came in', async () => {
    const intent = await created('pm_card_visa');

    expect(answerOfIntent(intent, NOW)).toEqual({
      kind: 'fact',
      fact: {
        kind: 'succeeded',
        providerPaymentId: intent.id,
        amount: 5_649,
        capturedAmount: 5_649,
        currency: 'usd',
        declineCode: null,
        occurredAt: THIS_SECOND,
      },
      handover: { clientSecret: intent.client_secret, nextAction: null },
    });
  });

  it('that waits for its client hands over the secret', async () => {
    const intent = await created();

    expect(answerOfIntent(intent, NOW)).toMatchObject({
      fact: { kind: 'open', capturedAmount: 0, occurredAt: THIS_SECOND },
      handover: { clientSecret: intent.client_secret },
    });
  });

  it('that waits for the bank hands over what is to be done', async () => {
    const intent = await created('pm_card_authenticationRequired');

    expect(answerOfIntent(intent, NOW)).toMatchObject({
      fact: { kind: 'requires_action' },
      handover: { nextAction: { type: 'use_stripe_sdk' } },
    });
  });

  it('that was declined tells why', async () => {
    const open = await created('pm_card_authenticationRequired');
    const intent = settle(open.id, 'insufficient_funds');

    expect(answerOfIntent(intent, NOW)).toMatchObject({
      fact: { kind: 'failed', declineCode: 'insufficient_funds', occurredAt: THIS_SECOND },
    });
  });

  it('that the bank refused without a charge cannot have been refused before it was made', async () => {
    const open = await created('pm_card_authenticationRequired');
    const refused: Stripe.PaymentIntent = { ...settle(open.id, 'insufficient_funds'), latest_charge: null };

    expect(answerOfIntent(refused, NOW)).toMatchObject({
      fact: { kind: 'failed', occurredAt: new Date(open.created * 1_000) },
    });
  });

  it('that was declined is dated by its charge, where that came along', async () => {
    const open = await created('pm_card_authenticationRequired');
    const intent = settle(open.id, 'insufficient_funds');
    const charge: Pick<Stripe.Charge, 'created'> = { created: 1_795_176_001 };
    const expanded: Stripe.PaymentIntent = JSON.parse(JSON.stringify({ ...intent, latest_charge: charge }));

    expect(answerOfIntent(expanded, NOW)).toMatchObject({
      fact: { kind: 'failed', occurredAt: new Date('2026-11-20T12:00:01.000Z') },
    });
  });

  it.each([
    ['canceled', 'canceled'],
    ['processing', 'processing'],
    ['requires_capture', 'authorized'],
    ['requires_confirmation', 'open'],
  ] as const)('that is %s is %s', async (status, kind) => {
    const intent = await created();

    expect(answerOfIntent({ ...intent, status }, NOW)).toMatchObject({ fact: { kind } });
  });

  it('in a state that nobody knows is no fact', async () => {
    const intent = await created();
    const odd: Stripe.PaymentIntent = JSON.parse(JSON.stringify({ ...intent, status: 'pondering' }));

    expect(() => answerOfIntent(odd, NOW)).toThrow(`unknown status of intent ${intent.id}`);
  });
});

describe('an error of the SDK', () => {
  it('about the card is a definite no, and nobody’s fault', async () => {
    const error = await errorOf(created('pm_card_chargeDeclinedInsufficientFunds'));

    expect(answerOfError(error, NOW)).toMatchObject({
      kind: 'fact',
      fact: {
        kind: 'failed',
        providerPaymentId: expect.stringMatching(/^pi_/),
        capturedAmount: 0,
        declineCode: 'insufficient_funds',
        occurredAt: THIS_SECOND,
      },
      handover: { clientSecret: null, nextAction: null },
    });
    expect(isOurFault(error)).toBe(false);
  });

  it('about an unknown payment method is a definite no, and the buyer’s fault', async () => {
    const error = await errorOf(created('pm_nobody_has_this'));

    expect(answerOfError(error, NOW)).toMatchObject({
      kind: 'fact',
      fact: { kind: 'failed', providerPaymentId: null, declineCode: 'resource_missing' },
    });
    expect(isOurFault(error)).toBe(false);
  });

  it.each([400, 404])('with status %i is a definite no, and our fault', (status) => {
    expect(answerOfError(stripeError(status), NOW)).toMatchObject({
      kind: 'fact',
      fact: { kind: 'failed', declineCode: 'provider_error' },
    });
    expect(isOurFault(stripeError(status))).toBe(true);
  });

  // A repeat may meet a key that was revoked after the money had moved.
  it.each([401, 403])('with status %i says nothing about the money, and is our fault', (status) => {
    expect(answerOfError(stripeError(status), NOW)).toMatchObject({ kind: 'unknown' });
    expect(isOurFault(stripeError(status))).toBe(true);
  });

  it('about changed parameters of a repeated call says nothing about the first one, and is our fault', () => {
    const error = new Stripe.errors.StripeIdempotencyError({
      message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
      type: 'idempotency_error',
      statusCode: 400,
    });

    expect(answerOfError(error, NOW)).toMatchObject({ kind: 'unknown' });
    expect(isOurFault(error)).toBe(true);
  });

  it.each([409, 429, 500, 502, 503])('with status %i says nothing about the money', (status) => {
    expect(answerOfError(stripeError(status), NOW)).toMatchObject({ kind: 'unknown' });
    expect(isOurFault(stripeError(status))).toBe(false);
  });

  it('about the connection says nothing about the money', () => {
    expect(answerOfError(connectionLost(), NOW)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('StripeConnectionError'),
    });
    expect(isOurFault(connectionLost())).toBe(false);
  });

  it('about the state of an intent sends us to look', async () => {
    const paid = await created('pm_card_visa');
    const error = await errorOf(sdk.paymentIntents.cancel(paid.id));

    expect(isUnexpectedState(error)).toBe(true);
    expect(isUnexpectedState(connectionLost())).toBe(false);
  });

  it('that is none of the SDK’s goes on as it is', () => {
    const bug = new TypeError('undefined is not a function');

    expect(() => answerOfError(bug, NOW)).toThrow(bug);
    expect(isOurFault(bug)).toBe(false);
    expect(isUnexpectedState(bug)).toBe(false);
  });
});
