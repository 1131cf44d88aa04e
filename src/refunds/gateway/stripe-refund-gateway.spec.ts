import { Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { connectionLost, type StripeMock, stripeMock } from '../../../test/support/stripe-mock.js';
import type { Refund } from '../domain/refund.js';
import { StripeRefundGateway } from './stripe-refund-gateway.js';

const AT = new Date('2026-11-20T12:00:00Z');
const { errors } = Stripe;

const REFUND: Refund = {
  ...{ id: 'ref_1', orderId: 'ord_1', paymentId: 'pay_1', amount: 500, currency: 'usd', status: 'submitted' },
  ...{ reason: null, restock: true, external: false, providerRefundId: null, failureCode: null, round: 2, version: 2 },
  ...{ submittedAt: AT, lastFactAt: null, checks: 0, createdAt: AT, updatedAt: AT },
};

let mock: StripeMock;
let gateway: StripeRefundGateway;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(() => {
  mock = stripeMock({ now: () => AT });
  gateway = new StripeRefundGateway(mock.sdk);
});

async function paidIntent(): Promise<string> {
  const intent = { amount: 5_000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' };
  return (await mock.sdk.paymentIntents.create(intent)).id;
}

describe('a refund is sent', () => {
  //
  it('with intent and amount, our names as metadata, and a key of its own for each round', async () => {
    const intent = await paidIntent();

    const answer = await gateway.submit(REFUND, intent);

    expect(answer).toMatchObject({
      kind: 'fact',
      fact: { status: 'succeeded', amount: 500, refundId: 'ref_1', round: 2 },
    });
    expect(mock.sdk.refunds.create).toHaveBeenCalledWith(
      {
        payment_intent: intent,
        amount: 500,
        metadata: { refund_id: 'ref_1', refund_round: '2', order_id: 'ord_1' },
      },
      { idempotencyKey: 'refund:ref_1:2' },
    );
  });

  it.each([
    ['a lost connection', connectionLost()],
    ['a failure of Stripe', new errors.StripeAPIError({ message: 'no', type: 'api_error', statusCode: 500 })],
    ['a limit', new errors.StripeRateLimitError({ message: 'no', type: 'invalid_request_error', statusCode: 429 })],
    [
      'a wrong key',
      new errors.StripeAuthenticationError({ message: 'no', type: 'invalid_request_error', statusCode: 401 }),
    ],
    [
      'a key without the right',
      new errors.StripePermissionError({ message: 'no', type: 'invalid_request_error', statusCode: 403 }),
    ],
    [
      'a request under way',
      new errors.StripeInvalidRequestError({ message: 'no', type: 'invalid_request_error', statusCode: 409 }),
    ],
    [
      'a key of another request',
      new errors.StripeIdempotencyError({ message: 'no', type: 'idempotency_error', statusCode: 400 }),
    ],
  ])('and %s says nothing about the money', async (_, error) => {
    jest.spyOn(mock.sdk.refunds, 'create').mockRejectedValueOnce(error);

    expect(await gateway.submit(REFUND, 'pi_1')).toEqual({ kind: 'unknown', reason: expect.any(String) });
  });

  it.each([
    ['charge_already_refunded', 'charge_already_refunded'],
    [undefined, 'provider_error'],
  ])('and a refusal is definite (%s)', async (code, failureCode) => {
    const error = { message: 'no', type: 'invalid_request_error' as const, statusCode: 400, ...(code && { code }) };
    jest.spyOn(mock.sdk.refunds, 'create').mockRejectedValueOnce(new errors.StripeInvalidRequestError(error));

    expect(await gateway.submit(REFUND, 'pi_1')).toMatchObject({
      kind: 'fact',
      fact: { status: 'failed', failureCode, providerRefundId: null, refundId: 'ref_1', round: 2 },
    });
  });
});
