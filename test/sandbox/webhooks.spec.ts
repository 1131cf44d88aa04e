import { eventually } from '../support/poll.js';
import { pay, PAYMENT, refusalOf, startBench, startReceiver, stopAll, typesOf, type Received } from './support.js';

afterEach(stopAll);

const SECRET = 'whsec_sandbox_test';
const PAID = ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'];

async function receivedCount(received: readonly Received[], count: number): Promise<void> {
  await eventually(() => expect(received).toHaveLength(count));
}

describe('webhooks', () => {
  it('are signed so that the SDK accepts them', async () => {
    const { url, received } = await startReceiver();
    const { stripe } = await startBench({ webhooks: [{ url, secret: SECRET }] });

    const intent = await pay(stripe, {}, { idempotencyKey: 'key-1' });
    await receivedCount(received, 3);

    const events = received.map(({ body, headers }) =>
      stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), SECRET),
    );
    const paid = events.find((event) => event.type === 'payment_intent.succeeded');
    expect(events.map((event) => event.type).sort()).toEqual([...PAID].sort());
    expect(paid).toMatchObject({
      api_version: '2026-10-28.endive',
      livemode: false,
      data: { object: { id: intent.id } },
    });
    expect(paid?.request).toEqual({ id: intent.lastResponse.requestId, idempotency_key: 'key-1' });
    const { body, headers } = received[0] ?? { body: '', headers: {} };
    expect(() => stripe.webhooks.constructEvent(body, String(headers['stripe-signature']), 'whsec_other')).toThrow();
    expect(() => stripe.webhooks.constructEvent(`${body} `, String(headers['stripe-signature']), SECRET)).toThrow();
  });

  it('carry the object as it was when the event happened', async () => {
    const { stripe } = await startBench();
    await pay(stripe);

    const events = await stripe.events.list();

    const created = events.data.find(({ type }) => type === 'payment_intent.created');
    expect(created?.data.object).toMatchObject({ status: 'requires_payment_method', latest_charge: null });
  });

  it('are tried again until the receiver accepts, and count as pending until then', async () => {
    const { url, received } = await startReceiver((index) => (index < 2 ? 500 : 200));
    const { stripe } = await startBench({ webhooks: [{ url, secret: SECRET }] });

    const intent = await stripe.paymentIntents.create(PAYMENT);
    const [fresh] = (await stripe.events.list({ delivery_success: false })).data;
    await receivedCount(received, 3);

    expect(fresh).toMatchObject({ pending_webhooks: 1, data: { object: { id: intent.id } } });
    expect(new Set(received.map(({ body }) => JSON.parse(body).id))).toEqual(new Set([fresh?.id]));
    await eventually(async () => {
      expect((await stripe.events.retrieve(String(fresh?.id))).pending_webhooks).toBe(0);
    });
    expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
    expect((await stripe.events.list({ delivery_success: true })).data.map(({ id }) => id)).toEqual([fresh?.id]);
  });

  it('are given up after the last attempt and stay on the list of failures', async () => {
    const { url, received } = await startReceiver(() => 500);
    const { stripe, control } = await startBench({ webhooks: [{ url, secret: SECRET }], webhookAttempts: 2 });

    await stripe.paymentIntents.create(PAYMENT);
    await receivedCount(received, 2);
    await control('POST', '/webhooks/flush');

    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    expect(received).toHaveLength(2);
  });

  it('never hold up the answer of the API', async () => {
    const { stripe } = await startBench({
      webhooks: [{ url: 'http://127.0.0.1:9/nobody', secret: SECRET }],
      webhookBackoffMs: 3_600_000,
    });

    const intent = await pay(stripe);

    expect(intent.status).toBe('succeeded');
  });

  it('arrive more than once in mode duplicate', async () => {
    const { url, received } = await startReceiver();
    const { stripe, control } = await startBench();
    await control('POST', '/webhooks', { url, secret: SECRET, mode: 'duplicate', duplicates: 2 });

    await stripe.paymentIntents.create(PAYMENT);
    await receivedCount(received, 3);

    expect(new Set(received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
  });

  it('arrive out of order in mode reorder, the same way for the same seed', async () => {
    const orders: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const { url, received } = await startReceiver();
      const { stripe, control } = await startBench();
      await control('POST', '/webhooks', { url, secret: SECRET, mode: 'reorder', seed: 7 });
      await pay(stripe);
      await control('POST', '/webhooks/flush');
      orders.push(typesOf(received));
    }

    expect([...(orders[0] ?? [])].sort()).toEqual([...PAID].sort());
    expect(orders[0]).not.toEqual(PAID);
    expect(orders[1]).toEqual(orders[0]);
  });

  it('wait in mode paused until they are flushed', async () => {
    const { url, received } = await startReceiver();
    const { stripe, control } = await startBench();
    await control('POST', '/webhooks', { url, secret: SECRET, mode: 'paused' });
    await pay(stripe);
    expect(received).toHaveLength(0);

    const flushed = await control('POST', '/webhooks/flush');

    expect(flushed.body).toEqual({ released: 3 });
    expect(received).toHaveLength(3);
  });

  it('go out when a paused endpoint becomes normal again', async () => {
    const { url, received } = await startReceiver();
    const { stripe, control } = await startBench();
    await control('POST', '/webhooks', { url, secret: SECRET, mode: 'paused' });
    await pay(stripe);

    const changed = await control('POST', '/webhooks', { url, secret: SECRET, mode: 'normal' });

    await receivedCount(received, 3);
    expect(changed.body).toEqual({ endpoints: [{ url, mode: 'normal', duplicates: 1 }] });
  });

  it('are lost in mode drop, yet can be sent by hand', async () => {
    const { url, received } = await startReceiver();
    const { stripe, control } = await startBench();
    await control('POST', '/webhooks', { url, secret: SECRET, mode: 'drop' });
    await stripe.paymentIntents.create(PAYMENT);
    await control('POST', '/webhooks/flush');
    const [lost] = (await stripe.events.list({ delivery_success: false })).data;
    expect(received).toHaveLength(0);

    const sent = await control('POST', `/events/${lost?.id}/deliver`);

    expect(sent.body).toEqual({ deliveries: [{ url, status: 200 }] });
    expect(received.map(({ body }) => JSON.parse(body).id)).toEqual([lost?.id]);
    expect((await stripe.events.retrieve(String(lost?.id))).pending_webhooks).toBe(0);
  });

  it('can be told apart by type and time in the list of events', async () => {
    let now = 1_800_000_000_000;
    const { stripe } = await startBench({ now: () => now });
    await pay(stripe);
    now += 60_000;
    await pay(stripe);

    const types = await stripe.events.list({ types: ['charge.succeeded', 'payment_intent.created'] });
    const wild = await stripe.events.list({ type: 'charge.*' });
    const late = await stripe.events.list({ created: { gte: 1_800_000_060 } });
    const both = await refusalOf(stripe.events.list({ type: 'a', types: ['b'] }));

    expect(types.data.map(({ type }) => type)).toEqual([
      'charge.succeeded',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.created',
    ]);
    expect(wild.data).toHaveLength(2);
    expect(late.data).toHaveLength(3);
    expect(both.statusCode).toBe(400);
  });

  it('keep the endpoints of the options over a reset, and no others', async () => {
    const kept = await startReceiver();
    const added = await startReceiver();
    const { stripe, control } = await startBench({ webhooks: [{ url: kept.url, secret: SECRET }] });
    await control('POST', '/webhooks', { url: kept.url, secret: SECRET, mode: 'drop' });
    await control('POST', '/webhooks', { url: added.url, secret: SECRET });

    await control('POST', '/reset');
    await stripe.paymentIntents.create(PAYMENT);
    await receivedCount(kept.received, 1);

    expect(added.received).toHaveLength(0);
    expect((await control('GET', '/webhooks')).body).toEqual({
      endpoints: [{ url: kept.url, mode: 'normal', duplicates: 1 }],
    });
  });

  it('go to every endpoint, and failing ones do not disturb the others', async () => {
    const good = await startReceiver();
    const bad = await startReceiver(() => 500);
    const webhooks = [
      { url: bad.url, secret: SECRET },
      { url: good.url, secret: SECRET },
    ];
    const { stripe } = await startBench({ webhooks, webhookAttempts: 1 });

    await pay(stripe);

    await receivedCount(good.received, 3);
    await receivedCount(bad.received, 3);
    await eventually(async () => {
      const events = await stripe.events.list({ delivery_success: false });
      expect(events.data.map(({ pending_webhooks: pending }) => pending)).toEqual([1, 1, 1]);
    });
  });
});
