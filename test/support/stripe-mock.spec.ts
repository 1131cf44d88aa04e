import { fixedClock } from './clock.js';
import { connectionLost, stripeMock } from './stripe-mock.js';

const terms = { amount: 5000, currency: 'usd', metadata: { order_id: 'ord_1' } };
const card = (payment_method: string) => ({ ...terms, confirm: true, payment_method });

//
describe('the mocked SDK', () => {
  it('collects with a good card and keeps the intent', async () => {
    const { sdk } = stripeMock({ now: fixedClock('2026-11-20T12:00:00.000Z').now });

    const created = await sdk.paymentIntents.create(card('pm_card_visa'), { idempotencyKey: 'k1' });
    const retrieved = await sdk.paymentIntents.retrieve(created.id);

    expect(created).toMatchObject({ object: 'payment_intent', status: 'succeeded', amount_received: 5000 });
    expect(created.created).toBe(1795176000);
    expect(retrieved.status).toBe('succeeded');
    expect(sdk.paymentIntents.create).toHaveBeenCalledTimes(1);
  });

  it('repeats the first answer to an idempotency key, a decline included', async () => {
    const { sdk } = stripeMock();
    const pay = () => sdk.paymentIntents.create(card('pm_card_chargeDeclined'), { idempotencyKey: 'k1' });

    const [first, second] = await Promise.allSettled([pay(), pay()]);
    const changed = sdk.paymentIntents.create({ ...terms, amount: 1 }, { idempotencyKey: 'k1' });

    expect(first).toMatchObject({
      status: 'rejected',
      reason: { type: 'StripeCardError', code: 'card_declined', decline_code: 'generic_decline', statusCode: 402 },
    });
    expect(second).toEqual(first);
    await expect(changed).rejects.toMatchObject({ type: 'StripeIdempotencyError' });
  });

  it('waits for the customer, then settles either way', async () => {
    const { sdk, settle } = stripeMock();
    const one = await sdk.paymentIntents.create(card('pm_card_authenticationRequired'));
    const two = await sdk.paymentIntents.create(card('pm_card_authenticationRequired'));

    expect(one.status).toBe('requires_action');
    expect(settle(one.id).status).toBe('succeeded');
    expect(settle(two.id, 'insufficient_funds')).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { decline_code: 'insufficient_funds' },
    });
  });

  it('cancels an open intent and refuses to cancel a paid one', async () => {
    const { sdk } = stripeMock();
    const open = await sdk.paymentIntents.create(terms);
    const paid = await sdk.paymentIntents.create(card('pm_card_visa'));

    const canceled = await sdk.paymentIntents.cancel(open.id);

    expect(canceled.status).toBe('canceled');
    await expect(sdk.paymentIntents.cancel(paid.id)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      code: 'payment_intent_unexpected_state',
    });
  });

  it('authorizes, captures and confirms', async () => {
    const { sdk } = stripeMock();
    const open = await sdk.paymentIntents.create({ ...terms, capture_method: 'manual' });

    const held = await sdk.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa' });
    const captured = await sdk.paymentIntents.capture(open.id);

    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 5000 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 5000, amount_capturable: 0 });
  });

  it('refunds no more than was captured', async () => {
    const { sdk } = stripeMock();
    const { id } = await sdk.paymentIntents.create(card('pm_card_visa'));

    const refund = await sdk.refunds.create({ payment_intent: id, amount: 2000, metadata: { refund_id: 'ref_1' } });
    const tooMuch = sdk.refunds.create({ payment_intent: id, amount: 3001 });

    expect(refund).toMatchObject({ object: 'refund', status: 'succeeded', amount: 2000, payment_intent: id });
    await expect(tooMuch).rejects.toMatchObject({ type: 'StripeInvalidRequestError', param: 'amount' });
    await expect(sdk.refunds.retrieve(refund.id)).resolves.toMatchObject({ metadata: { refund_id: 'ref_1' } });
  });

  it('finds intents by their metadata', async () => {
    const { sdk } = stripeMock();
    const { id } = await sdk.paymentIntents.create(terms);
    await sdk.paymentIntents.create({ ...terms, metadata: { order_id: 'ord_2' } });

    const found = await sdk.paymentIntents.search({ query: "metadata['order_id']:'ord_1'" });

    expect(found.data.map((intent) => intent.id)).toEqual([id]);
  });

  it('verifies the webhooks that it signs and refuses others', async () => {
    const { sdk, event, webhookSecret } = stripeMock();
    const intent = await sdk.paymentIntents.create(card('pm_card_visa'));
    const signed = event('payment_intent.succeeded', intent);

    const received = sdk.webhooks.constructEvent(signed.payload, signed.header, webhookSecret);

    expect(received).toMatchObject({
      id: signed.id,
      type: 'payment_intent.succeeded',
      data: { object: { id: intent.id } },
    });
    expect(() => sdk.webhooks.constructEvent(`${signed.payload} `, signed.header, webhookSecret)).toThrow(/signature/i);
  });

  it('fails on a method that is not mocked instead of reaching the network', async () => {
    const { sdk } = stripeMock();

    await expect(sdk.customers.create({})).rejects.toMatchObject({ type: 'StripeConnectionError' });
  });

  it('loses the connection when told to', async () => {
    const { sdk } = stripeMock();
    jest.mocked(sdk.paymentIntents.create).mockRejectedValueOnce(connectionLost());

    await expect(sdk.paymentIntents.create(terms)).rejects.toMatchObject({ type: 'StripeConnectionError' });
    await expect(sdk.paymentIntents.create(terms)).resolves.toMatchObject({ status: 'requires_payment_method' });
  });
});
