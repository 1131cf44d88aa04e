import { INTENT_TRANSITIONS } from '../../sandbox/domain/intent-states.js';
import { eventTypes, pay, PAYMENT, refusalOf, startBench, stopAll, stripeAt, idOf } from './support.js';

afterEach(stopAll);

describe('payment intents', () => {
  it('charges a good card at once', async () => {
    const { stripe } = await startBench();

    const intent = await pay(stripe, { metadata: { order_id: 'ord_1' }, expand: ['latest_charge'] });

    expect(intent).toMatchObject({
      status: 'succeeded',
      amount: 5000,
      amount_received: 5000,
      metadata: { order_id: 'ord_1' },
    });
    expect(intent.latest_charge).toMatchObject({
      status: 'succeeded',
      captured: true,
      amount: 5000,
      payment_intent: intent.id,
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('waits for a payment method, then for confirmation, then succeeds', async () => {
    const { stripe } = await startBench();

    const bare = await stripe.paymentIntents.create(PAYMENT);
    const attached = await stripe.paymentIntents.update(bare.id, { payment_method: 'pm_card_mastercard' });
    const confirmed = await stripe.paymentIntents.confirm(bare.id);

    expect([bare.status, attached.status, confirmed.status]).toEqual([
      'requires_payment_method',
      'requires_confirmation',
      'succeeded',
    ]);
    const method = await stripe.paymentMethods.retrieve(idOf(confirmed.payment_method));
    expect(method.card).toMatchObject({ brand: 'mastercard', last4: '4444' });
  });

  it('refuses to confirm without a payment method', async () => {
    const { stripe } = await startBench();
    const intent = await stripe.paymentIntents.create(PAYMENT);

    const error = await refusalOf(stripe.paymentIntents.confirm(intent.id));

    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_payment_method');
  });

  it('demands a return URL where a redirect could come up', async () => {
    const { stripe } = await startBench();

    const error = await refusalOf(
      stripe.paymentIntents.create({ amount: 5000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa' }),
    );

    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', param: 'return_url' });
  });

  it('authorizes, then captures a part and releases the rest', async () => {
    const { stripe } = await startBench();

    const held = await pay(stripe, { capture_method: 'manual' });
    const tooMuch = await refusalOf(stripe.paymentIntents.capture(held.id, { amount_to_capture: 5001 }));
    const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 4500 });
    const again = await refusalOf(stripe.paymentIntents.capture(held.id));

    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 5000, amount_received: 0 });
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 4500 });
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  it('cancels an open intent for good', async () => {
    const { stripe } = await startBench();
    const intent = await stripe.paymentIntents.create(PAYMENT);

    const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' });
    const confirm = await refusalOf(stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }));

    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(confirm).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(confirm.payment_intent?.status).toBe('canceled');
    expect((await stripe.charges.list()).data).toEqual([]);
  });

  it('releases an authorization on cancel', async () => {
    const { stripe } = await startBench();
    const held = await pay(stripe, { capture_method: 'manual' });

    const canceled = await stripe.paymentIntents.cancel(held.id, { expand: ['latest_charge'] });

    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0, amount_received: 0 });
    expect(canceled.latest_charge).toMatchObject({ captured: false, amount_captured: 0, refunded: true });
    expect((await stripe.refunds.list()).data).toEqual([]);
  });

  it('does not cancel what has succeeded', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);

    const error = await refusalOf(stripe.paymentIntents.cancel(intent.id));

    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  it('merges metadata, and removes a key whose value is empty', async () => {
    const { stripe } = await startBench();
    const intent = await stripe.paymentIntents.create({ ...PAYMENT, metadata: { a: '1', b: '2' } });

    const updated = await stripe.paymentIntents.update(intent.id, { metadata: { b: '', c: '3' } });
    const cleared = await stripe.paymentIntents.update(intent.id, { metadata: '' });

    expect(updated.metadata).toEqual({ a: '1', c: '3' });
    expect(cleared.metadata).toEqual({});
  });

  it('changes the amount only while the intent is open', async () => {
    const { stripe } = await startBench();
    const open = await stripe.paymentIntents.create(PAYMENT);
    const paid = await pay(stripe);

    const changed = await stripe.paymentIntents.update(open.id, { amount: 700 });
    const error = await refusalOf(stripe.paymentIntents.update(paid.id, { amount: 700 }));

    expect(changed.amount).toBe(700);
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  });

  it('lets the customer confirm and read with the client secret alone', async () => {
    const { sandbox, stripe } = await startBench();
    const intent = await stripe.paymentIntents.create({ amount: 5000, currency: 'usd' });
    const browser = stripeAt(sandbox.port, { key: 'pk_test_sandbox' });
    const secret = { client_secret: intent.client_secret ?? '' };

    const wrong = await refusalOf(browser.paymentIntents.retrieve(intent.id, { client_secret: 'pi_secret_x' }));
    const without = await refusalOf(browser.paymentIntents.retrieve(intent.id));
    const foreign = await refusalOf(browser.paymentIntents.cancel(intent.id));
    const confirmed = await browser.rawRequest('POST', `/v1/payment_intents/${intent.id}/confirm`, {
      ...secret,
      payment_method: 'pm_card_visa',
    });

    expect(wrong).toMatchObject({ statusCode: 400, param: 'client_secret' });
    expect(without).toMatchObject({ statusCode: 400, param: 'client_secret' });
    expect(foreign).toMatchObject({ statusCode: 401, code: 'secret_key_required' });
    expect(confirmed).toMatchObject({ id: intent.id, status: 'succeeded' });
    expect((await browser.paymentIntents.retrieve(intent.id, secret)).status).toBe('succeeded');
  });

  it('lists newest first, in pages, within a range of creation times', async () => {
    let now = 1_800_000_000_000;
    const { stripe } = await startBench({ now: () => now });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      now += 10_000;
      ids.unshift((await stripe.paymentIntents.create(PAYMENT)).id);
    }

    const first = await stripe.paymentIntents.list({ limit: 2 });
    const second = await stripe.paymentIntents.list({ limit: 2, starting_after: String(first.data[1]?.id) });
    const before = await stripe.paymentIntents.list({ limit: 2, ending_before: String(ids[3]) });
    const ranged = await stripe.paymentIntents.list({ created: { gt: 1_800_000_010, lte: 1_800_000_030 } });
    const everything: string[] = [];
    for await (const intent of stripe.paymentIntents.list({ limit: 2 })) everything.push(intent.id);

    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.has_more).toBe(true);
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    expect(before.data.map(({ id }) => id)).toEqual(ids.slice(1, 3));
    expect(ranged.data.map(({ id }) => id)).toEqual([ids[2], ids[3]]);
    expect(everything).toEqual(ids);
  });

  it('finds by metadata only after the index has caught up', async () => {
    let now = 1_800_000_000_000;
    const { stripe } = await startBench({ now: () => now, searchLagMs: 60_000 });
    const intent = await pay(stripe, { metadata: { order_id: 'ord_7' } });
    await pay(stripe, { metadata: { order_id: 'ord_8' } });
    const query = "metadata['order_id']:'ord_7' AND status:'succeeded'";

    const early = await stripe.paymentIntents.search({ query });
    now += 60_000;
    const late = await stripe.paymentIntents.search({ query });
    const nonsense = await refusalOf(stripe.paymentIntents.search({ query: 'order_id=7' }));

    expect(early.data).toEqual([]);
    expect(late.data.map(({ id }) => id)).toEqual([intent.id]);
    expect(nonsense).toMatchObject({ statusCode: 400, param: 'query' });
  });

  it('has no way out of a terminal status and no step to an unknown one', () => {
    const statuses = Object.keys(INTENT_TRANSITIONS);

    expect(INTENT_TRANSITIONS.succeeded).toEqual([]);
    expect(INTENT_TRANSITIONS.canceled).toEqual([]);
    expect(
      Object.values(INTENT_TRANSITIONS)
        .flat()
        .filter((status) => !statuses.includes(status)),
    ).toEqual([]);
  });
});
