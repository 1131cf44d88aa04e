import { get } from 'node:http';
import { eventTypes, jsonOf, pay, PAYMENT, refusalOf, startBench, stopAll } from './support.js';

afterEach(stopAll);

describe('the ledger', () => {
  it('counts every charge, refund and call', async () => {
    const { stripe, control } = await startBench();
    const metadata = { order_id: 'ord_1', payment_id: 'pay_1' };
    const intent = await pay(stripe, { metadata });
    const declined = await refusalOf(
      pay(stripe, { payment_method: 'pm_card_chargeDeclined', metadata: { order_id: 'ord_2' } }),
    );
    const refund = await stripe.refunds.create({
      payment_intent: intent.id,
      amount: 200,
      metadata: { refund_id: 'ref_1' },
    });

    const { body } = await control('GET', '/ledger');

    expect(body.charges).toEqual([
      {
        id: intent.latest_charge,
        payment_intent: intent.id,
        amount: 5000,
        currency: 'usd',
        order_id: 'ord_1',
        payment_id: 'pay_1',
        captured: 5000,
        refunded: 200,
        status: 'succeeded',
        created: intent.created,
      },
      expect.objectContaining({ id: declined.charge, order_id: 'ord_2', captured: 0, status: 'failed' }),
    ]);
    expect(body.refunds).toEqual([
      expect.objectContaining({
        id: refund.id,
        amount: 200,
        refund_id: 'ref_1',
        status: 'succeeded',
        charge: intent.latest_charge,
      }),
    ]);
    expect(body.calls).toEqual({ 'POST /v1/payment_intents': 2, 'POST /v1/refunds': 1 });
  });
});

describe('disputes', () => {
  it('take a charge out of reach of refunds until they are won', async () => {
    const { stripe, control } = await startBench();
    const intent = await pay(stripe);

    const opened = await control('POST', '/disputes', { payment_intent: intent.id, reason: 'product_not_received' });
    const refused = await refusalOf(stripe.refunds.create({ payment_intent: intent.id }));
    const closed = await control('POST', `/disputes/${opened.body.id}`, { status: 'won' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id });

    expect(opened.body).toMatchObject({ amount: 5000, status: 'needs_response', reason: 'product_not_received' });
    expect(refused).toMatchObject({ statusCode: 400, code: 'charge_disputed' });
    expect(closed.body.status).toBe('won');
    expect(refund.amount).toBe(5000);
    expect((await eventTypes(stripe)).slice(3, 5)).toEqual(['charge.dispute.created', 'charge.dispute.closed']);
  });

  it('come by themselves with the card for that', async () => {
    const { stripe } = await startBench();

    const intent = await pay(stripe, { payment_method: 'pm_card_createDispute', expand: ['latest_charge'] });

    const disputes = await stripe.disputes.list({ payment_intent: intent.id });
    expect(intent).toMatchObject({ status: 'succeeded', latest_charge: { disputed: true } });
    expect(disputes.data).toEqual([
      expect.objectContaining({ amount: 5000, reason: 'fraudulent', status: 'needs_response' }),
    ]);
    expect((await eventTypes(stripe)).at(-1)).toBe('charge.dispute.created');
  });

  it('need a captured charge, and one dispute is enough', async () => {
    const { stripe, control } = await startBench();
    const held = await pay(stripe, { capture_method: 'manual' });
    const paid = await pay(stripe);

    const early = await control('POST', '/disputes', { payment_intent: held.id });
    await control('POST', '/disputes', { payment_intent: paid.id });
    const second = await control('POST', '/disputes', { payment_intent: paid.id });

    expect([early.status, second.status]).toEqual([400, 400]);
    expect((await stripe.disputes.list()).data).toHaveLength(1);
  });
});

describe('asynchronous payment methods', () => {
  it('process until the network agrees', async () => {
    const { stripe, control } = await startBench();
    const intent = await pay(stripe, { payment_method: 'pm_usBankAccount_processing' });
    const cancel = await refusalOf(stripe.paymentIntents.cancel(intent.id));

    const settled = await control('POST', `/payment_intents/${intent.id}/processing`, { outcome: 'succeed' });

    expect(intent).toMatchObject({ status: 'processing', amount_received: 0 });
    expect(cancel).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(settled.body).toMatchObject({
      status: 'succeeded',
      amount_received: 5000,
      latest_charge: intent.latest_charge,
    });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.pending',
      'payment_intent.processing',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  it('process until the network refuses', async () => {
    const { stripe, control } = await startBench();
    const open = await stripe.paymentIntents.create(PAYMENT);
    const begun = await control('POST', `/payment_intents/${open.id}/processing`);

    const settled = await control('POST', `/payment_intents/${open.id}/processing`, { outcome: 'fail' });
    const again = await control('POST', `/payment_intents/${open.id}/processing`, { outcome: 'succeed' });

    expect(begun.body.status).toBe('processing');
    expect(settled.body).toMatchObject({ status: 'requires_payment_method', amount_received: 0 });
    expect(settled.body.last_payment_error).toMatchObject({ decline_code: 'insufficient_funds' });
    expect(again.status).toBe(400);
    expect((await stripe.charges.list()).data.map(({ status }) => status)).toEqual(['failed']);
  });
});

describe('the control API', () => {
  it('forgets everything on reset', async () => {
    const { stripe, control } = await startBench();
    const intent = await pay(stripe, {}, { idempotencyKey: 'key-1' });
    await control('POST', '/faults', { kind: 'rate_limit', times: 'always' });

    const reset = await control('POST', '/reset');

    expect(reset.body).toEqual({ reset: true });
    expect((await control('GET', '/ledger')).body).toEqual({ charges: [], refunds: [], calls: {} });
    expect(await refusalOf(stripe.paymentIntents.retrieve(intent.id))).toMatchObject({ statusCode: 404 });
    expect((await pay(stripe, {}, { idempotencyKey: 'key-1' })).id).not.toBe(intent.id);
  });

  it('listens to no page of another origin', async () => {
    const { sandbox, stripe } = await startBench();
    const intent = await pay(stripe);

    const response = await fetch(`${sandbox.url}/_sandbox/reset`, {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
    });

    expect(response.status).toBe(403);
    expect((await jsonOf(response)).error.type).toBe('invalid_request_error');
    expect((await stripe.paymentIntents.retrieve(intent.id)).id).toBe(intent.id);
  });

  it('listens to no name that was made to point here', async () => {
    const { sandbox } = await startBench();

    const status = await new Promise((resolve, reject) => {
      const options = { headers: { host: 'evil.example' } };
      get(`${sandbox.url}/_sandbox/ledger`, options, (response) => resolve(response.resume().statusCode)).on(
        'error',
        reject,
      );
    });

    expect(status).toBe(403);
  });

  it.each([
    ['/refunds', {}, 400],
    ['/refunds/re_none', { status: 'failed' }, 404],
    ['/disputes/du_none', { status: 'won' }, 404],
    ['/payment_intents/pi_none/authenticate', { outcome: 'succeed' }, 404],
    ['/payment_intents/pi_none/authenticate', { outcome: 'maybe' }, 400],
    ['/events/evt_none/deliver', {}, 404],
    ['/webhooks', { url: 'ftp://x', secret: 's' }, 400],
    ['/webhooks', { url: 'http://127.0.0.1/x', secret: 's', mode: 'loud' }, 400],
  ])('refuses POST %s %j with %i', async (path, body, status) => {
    const { control } = await startBench();

    expect((await control('POST', path, body)).status).toBe(status);
  });
});
