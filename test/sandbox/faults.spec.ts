import { request } from 'node:http';
import { eventually } from '../support/poll.js';
import { pay, PAYMENT, refusalOf, startBench, stopAll, stripeAt } from './support.js';

afterEach(stopAll);

describe('faults', () => {
  it('decline a good card, for one order only, once', async () => {
    const { stripe, control } = await startBench();
    const match = { metadata_order_id: 'ord_1' };
    await control('POST', '/faults', { kind: 'decline', decline_code: 'do_not_honor', match });

    const other = await pay(stripe, { metadata: { order_id: 'ord_2' } });
    const open = await stripe.paymentIntents.create({ ...PAYMENT, metadata: { order_id: 'ord_1' } });
    const declined = await refusalOf(stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa' }));
    const retried = await stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa' });

    expect(other.status).toBe('succeeded');
    expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'do_not_honor' });
    expect(retried.status).toBe('succeeded');
  });

  it('match by payment method', async () => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', {
      kind: 'decline',
      match: { payment_method: 'pm_card_mastercard' },
      times: 'always',
    });

    const visa = await pay(stripe);
    const first = await refusalOf(pay(stripe, { payment_method: 'pm_card_mastercard' }));
    const second = await refusalOf(pay(stripe, { payment_method: 'pm_card_mastercard' }));

    expect(visa.status).toBe('succeeded');
    expect([first.decline_code, second.decline_code]).toEqual(['generic_decline', 'generic_decline']);
  });

  it('charge and never answer: the retry with the same key finds the charge', async () => {
    const { sandbox, stripe, control } = await startBench();
    const hasty = stripeAt(sandbox.port, { timeout: 200 });
    await control('POST', '/faults', { kind: 'hang_after', match: { method: 'POST', path: '/v1/payment_intents' } });

    const lost = await refusalOf(pay(hasty, {}, { idempotencyKey: 'key-1' }));
    const retried = await pay(stripe, {}, { idempotencyKey: 'key-1' });

    expect(lost.type).toBe('StripeConnectionError');
    expect(retried.status).toBe('succeeded');
    expect(retried.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await stripe.charges.list()).data.map(({ id }) => id)).toEqual([retried.latest_charge]);
  });

  it('never answer before charging: nothing has happened', async () => {
    const { sandbox, stripe, control } = await startBench();
    const hasty = stripeAt(sandbox.port, { timeout: 200 });
    await control('POST', '/faults', { kind: 'hang_before', match: { method: 'POST' } });

    const lost = await refusalOf(pay(hasty, {}, { idempotencyKey: 'key-1' }));

    expect(lost.type).toBe('StripeConnectionError');
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await pay(stripe, {}, { idempotencyKey: 'key-1' })).status).toBe('succeeded');
  });

  it('charge and answer 500: the key repeats the 500, reading shows the truth', async () => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', { kind: 'error_after', match: { method: 'POST' } });

    const first = await refusalOf(pay(stripe, { metadata: { order_id: 'ord_1' } }, { idempotencyKey: 'key-1' }));
    const second = await refusalOf(pay(stripe, { metadata: { order_id: 'ord_1' } }, { idempotencyKey: 'key-1' }));

    expect(first).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
    expect(first.headers?.['stripe-should-retry']).toBe('false');
    expect(second.statusCode).toBe(500);
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    const intents = await stripe.paymentIntents.list();
    expect(intents.data.map(({ status }) => status)).toEqual(['succeeded']);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('charge and answer 503, but let the key remember the result when asked to', async () => {
    const { sandbox, stripe, control } = await startBench();
    await control('POST', '/faults', { kind: 'error_after', status: 503, replay: 'result', match: { method: 'POST' } });

    const patient = stripeAt(sandbox.port, { maxNetworkRetries: 1 });
    const intent = await pay(patient, {}, { idempotencyKey: 'key-1' });

    expect(intent.status).toBe('succeeded');
    expect(intent.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it('answer 500 before anything happens and remember nothing', async () => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', { kind: 'error_before', match: { method: 'POST' } });

    const failed = await refusalOf(pay(stripe, {}, { idempotencyKey: 'key-1' }));

    expect(failed.statusCode).toBe(500);
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await pay(stripe, {}, { idempotencyKey: 'key-1' })).status).toBe('succeeded');
  });

  it('charge and reset the connection, which the SDK retries with the same key', async () => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', { kind: 'reset_after', match: { method: 'POST' } });

    const intent = await pay(stripe, {}, { idempotencyKey: 'key-1' });

    expect(intent.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it.each([
    ['rate_limit', 429, 'StripeRateLimitError', 'rate_limit'],
    ['conflict', 409, 'StripeAPIError', 'idempotency_key_in_use'],
  ])('answer %s', async (kind, status, type, code) => {
    const { stripe, control } = await startBench();
    await control('POST', '/faults', { kind, match: { method: 'POST' } });

    const error = await refusalOf(pay(stripe, {}, { idempotencyKey: 'key-1' }));

    expect(error).toMatchObject({ statusCode: status, type, code });
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
  });

  it('strike as often as they are told, and can be listed and cleared', async () => {
    const { stripe, control } = await startBench();
    const added = await control('POST', '/faults', { kind: 'error_before', times: 2, match: { path: '/v1/charges' } });
    await refusalOf(stripe.charges.list());

    const listed = await control('GET', '/faults');
    await control('DELETE', '/faults');

    expect(listed.body.faults).toEqual([
      expect.objectContaining({ id: added.body.id, left: 1, fired: 1, kind: 'error_before' }),
    ]);
    expect((await stripe.charges.list()).data).toEqual([]);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
  });

  it('strike at random in the same way for the same seed', async () => {
    const patterns: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      const { stripe, control } = await startBench();
      await control('POST', '/faults', { kind: 'error_before', probability: 0.5, seed: 42, times: 'always' });
      const results = [];
      for (let index = 0; index < 20; index += 1)
        results.push(
          await stripe.charges.list().then(
            () => '.',
            () => 'x',
          ),
        );
      patterns.push(results.join(''));
    }

    expect(patterns[0]).toMatch(/^(?=.*\.)(?=.*x)[.x]{20}$/);
    expect(patterns[1]).toBe(patterns[0]);
  });

  it('of an unknown kind are refused', async () => {
    const { control } = await startBench();

    const refused = await control('POST', '/faults', { kind: 'earthquake' });

    expect(refused.status).toBe(400);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
  });

  it('do not keep a sandbox from stopping', async () => {
    const { sandbox, control } = await startBench();
    await control('POST', '/faults', { kind: 'hang_before' });
    let broken = false;
    const hanging = request(`${sandbox.url}/v1/charges`, { headers: { authorization: 'Bearer sk_test_x' } });
    hanging.on('error', () => (broken = true)).end();
    await eventually(async () => expect((await control('GET', '/faults')).body.faults[0].fired).toBe(1));

    await sandbox.stop();

    await eventually(() => expect(broken).toBe(true));
  });
});
