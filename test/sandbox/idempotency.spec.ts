import { pay, PAYMENT, refusalOf, startBench, stopAll } from './support.js';

afterEach(stopAll);

describe('idempotency keys', () => {
  it('give the first answer again, and charge once', async () => {
    const { stripe } = await startBench();

    const first = await pay(stripe, {}, { idempotencyKey: 'key-1' });
    const second = await pay(stripe, {}, { idempotencyKey: 'key-1' });

    expect({ ...second, lastResponse: null }).toEqual({ ...first, lastResponse: null });
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('give the first answer again even when the object has moved on', async () => {
    const { stripe } = await startBench();
    const created = await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'key-1' });
    await stripe.paymentIntents.cancel(created.id);

    const replayed = await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'key-1' });

    expect(replayed).toMatchObject({ id: created.id, status: 'requires_payment_method' });
    expect((await stripe.paymentIntents.retrieve(created.id)).status).toBe('canceled');
  });

  it('remember a decline', async () => {
    const { stripe } = await startBench();
    const declined = { payment_method: 'pm_card_chargeDeclined' };

    const first = await refusalOf(pay(stripe, declined, { idempotencyKey: 'key-1' }));
    const second = await refusalOf(pay(stripe, declined, { idempotencyKey: 'key-1' }));

    expect(second).toMatchObject({ statusCode: 402, decline_code: 'generic_decline', charge: first.charge });
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('remember a refusal by state', async () => {
    const { stripe } = await startBench();
    const intent = await pay(stripe);

    await refusalOf(stripe.paymentIntents.cancel(intent.id, {}, { idempotencyKey: 'key-1' }));
    const second = await refusalOf(stripe.paymentIntents.cancel(intent.id, {}, { idempotencyKey: 'key-1' }));

    expect(second).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(second.headers?.['idempotent-replayed']).toBe('true');
  });

  it.each([
    ['other parameters', { ...PAYMENT, amount: 4999 }],
    ['more parameters', { ...PAYMENT, description: 'more' }],
    ['another expansion', { ...PAYMENT, expand: ['latest_charge'] }],
  ])('refuse %s, and execute nothing', async (_case, params) => {
    const { stripe } = await startBench();
    await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'key-1' });

    const error = await refusalOf(stripe.paymentIntents.create(params, { idempotencyKey: 'key-1' }));

    expect(error).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400, rawType: 'idempotency_error' });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('refuse another route', async () => {
    const { stripe } = await startBench();
    const intent = await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'key-1' });

    const error = await refusalOf(stripe.paymentIntents.cancel(intent.id, {}, { idempotencyKey: 'key-1' }));

    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_payment_method');
  });

  it('are in use while the first request runs', async () => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', { kind: 'delay', delay_ms: 300, match: { method: 'POST' } });

    const results = await Promise.allSettled([
      pay(stripe, {}, { idempotencyKey: 'key-1' }),
      pay(stripe, {}, { idempotencyKey: 'key-1' }),
    ]);

    const [conflict] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(conflict).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('do not remember what failed validation', async () => {
    const { stripe } = await startBench();

    const invalid = await refusalOf(
      stripe.paymentIntents.create({ ...PAYMENT, amount: 0 }, { idempotencyKey: 'key-1' }),
    );
    const valid = await stripe.paymentIntents.create(PAYMENT, { idempotencyKey: 'key-1' });

    expect(invalid.statusCode).toBe(400);
    expect(valid.status).toBe('requires_payment_method');
  });

  it('are forgotten after their time', async () => {
    let now = 1_800_000_000_000;
    const { stripe } = await startBench({ now: () => now });
    const first = await pay(stripe, {}, { idempotencyKey: 'key-1' });

    now += 24 * 3600 * 1000 - 1;
    const inTime = await pay(stripe, {}, { idempotencyKey: 'key-1' });
    now += 1;
    const late = await pay(stripe, {}, { idempotencyKey: 'key-1' });

    expect(inTime.id).toBe(first.id);
    expect(late.id).not.toBe(first.id);
    expect((await stripe.charges.list()).data).toHaveLength(2);
  });

  it('are at most 255 characters long', async () => {
    const { stripe } = await startBench();

    const error = await refusalOf(pay(stripe, {}, { idempotencyKey: 'k'.repeat(256) }));

    expect(error.statusCode).toBe(400);
    expect((await stripe.charges.list()).data).toEqual([]);
  });
});
