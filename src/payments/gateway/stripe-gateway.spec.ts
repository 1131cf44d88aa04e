import { Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { connectionLost, type StripeMock, stripeMock } from '../../../test/support/stripe-mock.js';
import type { AttemptAction, PaymentAttempt } from '../domain/payment.js';
import { StripeGateway } from './stripe-gateway.js';

const SENT_AT = new Date('2026-11-20T12:00:00.400Z');
const SENT_AT_SECONDS = 1_795_176_000;
const UNKNOWN = { kind: 'unknown', reason: expect.any(String) };

let mock: StripeMock;
let paymentIntents: Stripe['paymentIntents'];
let gateway: StripeGateway;
let payments = 0;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  mock = stripeMock({ now: () => SENT_AT });
  ({ paymentIntents } = mock.sdk);
  gateway = new StripeGateway(mock.sdk, { STRIPE_TIMEOUT_MS: 1_000 });
});

function attemptOf(action: AttemptAction, providerPaymentId: string | null = null): PaymentAttempt {
  payments += 1;
  return {
    id: `att_${payments}`,
    paymentId: `pay_${payments}`,
    action,
    request: {
      amount: 5_649,
      currency: 'usd',
      paymentId: `pay_${payments}`,
      orderId: 'ord_1',
      providerPaymentId,
      paymentMethod: action === 'cancel' || action === 'capture' ? null : 'pm_card_visa',
      cancelReason: null,
    },
    outcome: 'unknown',
    createdAt: SENT_AT,
  };
}

/** Stripe's own failure; replayed, it is the answer that an earlier request with this key got. */
const failure = (replayed: boolean): Stripe.errors.StripeError =>
  new Stripe.errors.StripeAPIError({
    message: 'An unknown error occurred.',
    type: 'api_error',
    statusCode: 500,
    headers: replayed ? { 'idempotent-replayed': 'true' } : {},
  });

/** An intent as the attempt would have made it. */
function made(attempt: PaymentAttempt, paymentMethod?: string): Promise<Stripe.PaymentIntent> {
  const { amount, currency, paymentId } = attempt.request;
  return paymentIntents.create({
    amount,
    currency,
    metadata: { payment_id: paymentId, order_id: 'ord_1' },
    ...(paymentMethod === undefined ? {} : { confirm: true, payment_method: paymentMethod }),
  });
}

async function declined(attempt: PaymentAttempt): Promise<Stripe.PaymentIntent> {
  const { id } = await made(attempt, 'pm_card_authenticationRequired');
  return mock.settle(id, 'insufficient_funds');
}

/** Stripe lists these pages, newest first. */
function listing(...pages: Stripe.PaymentIntent[][]) {
  const list = jest.spyOn(paymentIntents, 'list');
  pages.forEach((data, index) => {
    const page: Stripe.ApiList<Stripe.PaymentIntent> = {
      object: 'list',
      data,
      has_more: index < pages.length - 1,
      url: '/v1/payment_intents',
    };
    list.mockImplementationOnce(() => Object.assign(Promise.resolve({ ...page, lastResponse }), unusedIterator));
  });
  return list;
}

const lastResponse = { headers: {}, requestId: 'req_mock', statusCode: 200 };
const unusedIterator = {
  next: () => Promise.reject(new Error('pages are read one by one')),
  [Symbol.asyncIterator]: () => unusedIterator,
  autoPagingEach: () => Promise.reject(new Error('pages are read one by one')),
  autoPagingToArray: () => Promise.reject(new Error('pages are read one by one')),
};

describe('an attempt that is sent again', () => {
  it('is answered by the same key, and nothing else is asked', async () => {
    const attempt = attemptOf('create');
    const list = listing();

    const first = await gateway.send(attempt);
    const second = await gateway.sendAgain(attempt);

    expect(first).toMatchObject({ kind: 'fact', fact: { kind: 'succeeded', capturedAmount: 5_649 } });
    expect(second).toMatchObject({ kind: 'fact', fact: { kind: 'succeeded', capturedAmount: 5_649 } });
    expect(jest.mocked(paymentIntents.create).mock.calls.map(([, options]) => options)).toEqual([
      { idempotencyKey: attempt.id },
      { idempotencyKey: attempt.id },
    ]);
    expect(list).not.toHaveBeenCalled();
  });

  it.each([true, false])('is found by its payment where Stripe fails again (replayed: %p)', async (replayed) => {
    const attempt = attemptOf('create');
    const other = await made(attemptOf('create'), 'pm_card_visa');
    const intent = await made(attempt, 'pm_card_visa');
    const list = listing([other, intent]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(failure(replayed));

    const answer = await gateway.sendAgain(attempt);

    expect(answer).toMatchObject({ kind: 'fact', fact: { kind: 'succeeded', providerPaymentId: intent.id } });
    expect(list.mock.calls).toEqual([
      [{ created: { gte: SENT_AT_SECONDS - 60 }, limit: 100, expand: ['data.latest_charge'] }],
    ]);
    expect(paymentIntents.search).not.toHaveBeenCalled();
  });

  it('is found on a later page', async () => {
    const attempt = attemptOf('create');
    const other = await made(attemptOf('create'), 'pm_card_visa');
    const intent = await made(attempt, 'pm_card_visa');
    const list = listing([other], [intent]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(connectionLost());

    const answer = await gateway.sendAgain(attempt);

    expect(answer).toMatchObject({ kind: 'fact', fact: { providerPaymentId: intent.id } });
    expect(list.mock.calls.map(([page]) => page?.starting_after)).toEqual([undefined, other.id]);
  });

  it('stays unknown where there are more intents than can be read', async () => {
    const attempt = attemptOf('create');
    const other = await made(attemptOf('create'), 'pm_card_visa');
    const list = listing(...Array.from({ length: 21 }, () => [other]));
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attempt)).toEqual(UNKNOWN);
    expect(list).toHaveBeenCalledTimes(20);
  });

  it('stays unknown where the list cannot be read either', async () => {
    const attempt = attemptOf('create');
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(failure(true));
    jest.spyOn(paymentIntents, 'list').mockImplementation(() => {
      throw connectionLost();
    });

    expect(await gateway.sendAgain(attempt)).toEqual(UNKNOWN);
  });

  it('stays unknown while it may still be carried out and nothing is to be seen of it', async () => {
    const attempt = attemptOf('create');
    listing([]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(connectionLost());

    expect(await gateway.sendAgain(attempt)).toEqual(UNKNOWN);
  });

  it('stays unknown while its intent waits to be confirmed', async () => {
    const attempt = attemptOf('create');
    listing([await made(attempt)]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(connectionLost());

    expect(await gateway.sendAgain(attempt)).toEqual(UNKNOWN);
  });

  it('has failed where Stripe repeats its failure and made no intent', async () => {
    const attempt = attemptOf('create');
    listing([]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attempt)).toMatchObject({
      kind: 'fact',
      fact: { kind: 'failed', providerPaymentId: null, capturedAmount: 0, declineCode: 'provider_error' },
    });
  });

  it('has failed where Stripe repeats its failure and the card was declined', async () => {
    const attempt = attemptOf('create');
    const intent = await declined(attempt);
    listing([intent]);
    jest.spyOn(paymentIntents, 'create').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attempt)).toMatchObject({
      kind: 'fact',
      fact: { kind: 'failed', providerPaymentId: intent.id, declineCode: 'insufficient_funds' },
    });
  });

  it('to confirm an intent is read off that intent', async () => {
    const paid = await made(attemptOf('create'), 'pm_card_visa');
    const list = listing([]);
    jest.spyOn(paymentIntents, 'confirm').mockRejectedValueOnce(failure(true));

    const answer = await gateway.sendAgain(attemptOf('confirm', paid.id));

    expect(answer).toMatchObject({ kind: 'fact', fact: { kind: 'succeeded', providerPaymentId: paid.id } });
    expect(list).not.toHaveBeenCalled();
  });

  it('to confirm an intent does not take an older decline for its own', async () => {
    const intent = await declined(attemptOf('create'));
    jest.spyOn(paymentIntents, 'confirm').mockRejectedValueOnce(connectionLost());

    expect(await gateway.sendAgain(attemptOf('confirm', intent.id))).toEqual(UNKNOWN);
  });

  it('to confirm an intent has failed as of now where Stripe repeats its failure', async () => {
    const intent = await declined(attemptOf('create'));
    jest.spyOn(paymentIntents, 'confirm').mockRejectedValueOnce(failure(true));
    const before = Math.floor(Date.now() / 1_000) * 1_000;

    const answer = await gateway.sendAgain(attemptOf('confirm', intent.id));

    expect(answer).toMatchObject({ kind: 'fact', fact: { kind: 'failed', declineCode: 'insufficient_funds' } });
    const occurredAt = answer.kind === 'fact' ? answer.fact.occurredAt.getTime() : NaN;
    expect(occurredAt).toBeGreaterThanOrEqual(before);
  });

  it.each([
    ['waits for its client', undefined],
    ['waits for the bank', 'pm_card_authenticationRequired'],
  ])('to cancel an intent that %s stays unknown until the intent has ended', async (_, paymentMethod) => {
    const open = await made(attemptOf('create'), paymentMethod);
    jest.spyOn(paymentIntents, 'cancel').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attemptOf('cancel', open.id))).toEqual(UNKNOWN);
  });
});

describe('money that is held before it is taken', () => {
  /** An intent that is authorized, and the attempt to capture it. */
  async function held(): Promise<{ intent: Stripe.PaymentIntent; attempt: PaymentAttempt }> {
    const create = attemptOf('create');
    const answer = await gateway.send({ ...create, request: { ...create.request, captureMethod: 'manual' } });
    const id = answer.kind === 'fact' ? answer.fact.providerPaymentId : null;
    const intent = mock.intent(id ?? '');
    expect(answer).toMatchObject({ fact: { kind: 'authorized', capturedAmount: 0 } });
    const attempt = attemptOf('capture', intent.id);
    return { intent, attempt: { ...attempt, request: { ...attempt.request, key: `capture:${attempt.paymentId}` } } };
  }

  const invalid = (): Stripe.errors.StripeError =>
    new Stripe.errors.StripeInvalidRequestError({
      message: 'The charge cannot be captured.',
      type: 'invalid_request_error',
      code: 'capture_charge_authorization_expired',
      statusCode: 400,
      headers: {},
    });

  it('is captured whole, under a key that every repeat has', async () => {
    const { intent, attempt } = await held();

    const answers = [await gateway.send(attempt), await gateway.sendAgain(attempt)];

    expect(answers).toMatchObject([
      { fact: { kind: 'succeeded', providerPaymentId: intent.id, capturedAmount: 5_649 } },
      { fact: { kind: 'succeeded', capturedAmount: 5_649 } },
    ]);
    const options = { idempotencyKey: `capture:${attempt.paymentId}` };
    expect(jest.mocked(paymentIntents.capture).mock.calls).toEqual([
      [intent.id, {}, options],
      [intent.id, {}, options],
    ]);
  });

  it.each([
    ['still stands', () => undefined, 'authorized'],
    ['is gone', (id: string) => paymentIntents.cancel(id), 'canceled'],
  ])('is looked at where Stripe refuses: it %s', async (_, meanwhile: (id: string) => unknown, kind) => {
    const { intent, attempt } = await held();
    await meanwhile(intent.id);
    jest.spyOn(paymentIntents, 'capture').mockRejectedValueOnce(invalid());

    expect(await gateway.send(attempt)).toMatchObject({ kind: 'fact', fact: { kind, providerPaymentId: intent.id } });
  });

  it('stays unknown while nobody heard whether it was taken', async () => {
    const { attempt } = await held();
    jest.spyOn(paymentIntents, 'capture').mockRejectedValue(connectionLost());

    expect(await gateway.send(attempt)).toEqual(UNKNOWN);
    expect(await gateway.sendAgain(attempt)).toEqual(UNKNOWN);
  });

  it('was not taken where Stripe repeats its failure and it still stands', async () => {
    const { intent, attempt } = await held();
    jest.spyOn(paymentIntents, 'capture').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attempt)).toMatchObject({
      kind: 'fact',
      fact: { kind: 'authorized', providerPaymentId: intent.id, capturedAmount: 0 },
    });
  });

  it('was taken where Stripe repeats its failure and the intent has succeeded', async () => {
    const { intent, attempt } = await held();
    await paymentIntents.capture(intent.id);
    jest.spyOn(paymentIntents, 'capture').mockRejectedValueOnce(failure(true));

    expect(await gateway.sendAgain(attempt)).toMatchObject({ kind: 'fact', fact: { kind: 'succeeded' } });
  });
});

describe('a call that never ends', () => {
  it('is given up in time, and its outcome is unknown', async () => {
    const impatient = new StripeGateway(mock.sdk, { STRIPE_TIMEOUT_MS: 50 });
    const never = new Promise<never>(() => undefined);
    jest.spyOn(paymentIntents, 'create').mockReturnValueOnce(never);
    jest.spyOn(paymentIntents, 'retrieve').mockReturnValueOnce(never);

    expect(await impatient.send(attemptOf('create'))).toEqual({
      kind: 'unknown',
      reason: expect.stringContaining('No answer within 50 ms.'),
    });
    expect(await impatient.retrieve('pi_1')).toEqual({ kind: 'unknown', reason: 'No answer within 50 ms.' });
  });
});

describe('without a key of Stripe’s', () => {
  it('every outcome is unknown', async () => {
    const unconfigured = new StripeGateway(undefined, { STRIPE_TIMEOUT_MS: 1_000 });
    const answer = { kind: 'unknown', reason: 'STRIPE_SECRET_KEY is not set' };

    expect(await unconfigured.send(attemptOf('create'))).toEqual(answer);
    expect(await unconfigured.sendAgain(attemptOf('create'))).toEqual(answer);
    expect(await unconfigured.retrieve('pi_1')).toEqual(answer);
  });
});
