import { Redis } from 'ioredis';
import { Database } from '../../src/platform/database/index.js';
import type { WebhookEvent } from '../../src/webhooks/inbound/domain/webhook-event.js';
import { WebhookEventRepository } from '../../src/webhooks/inbound/persistence/webhook-event.repository.js';
import { IntakePressure } from '../../src/webhooks/inbound/use-cases/intake-pressure.js';
import { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';
import { PruneEvents } from '../../src/webhooks/inbound/use-cases/prune-events.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import {
  deliver,
  inboxRow,
  type InboxRow,
  intentEvent,
  passTime,
  type StripeEvent,
  stripeEvent,
  workInbox,
} from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import { recordStatements } from '../support/statements.js';
import { armFault, buyCart, controlSandbox, eventTypes, intentOf, stockOf } from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  // Every event in this file is made by hand.
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
});

beforeEach(async () => {
  api.logs.clear();
  // What an earlier test left waiting must not come up in the middle of the next one.
  await api.database.query(
    "UPDATE webhook_events SET status = 'parked', next_attempt_at = NULL WHERE next_attempt_at IS NOT NULL",
  );
});
afterEach(() => expectInvariants(api.database));

afterAll(() => api.close());

async function openOrder() {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
  const { body } = await buyCart(api.customer(), [{ product_id: product, quantity: 2 }]);
  const id: string = body.id;
  return { product, id, intent: await intentOf(api, id) };
}

const statusOf = async (id: string): Promise<string> =>
  (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body.status;

async function store(event: StripeEvent): Promise<InboxRow> {
  await deliver(api, event).expect(200, { received: true });
  return inboxRow(api, event.id);
}

/** How long an event was put off each time, in seconds. */
function pausesOf(event: StripeEvent): unknown[] {
  const lines = api.logs.named('webhook_postponed').filter((line) => line['provider_event_id'] === event.id);
  return lines.map((line) => line['pause_seconds']);
}

/** Makes the database refuse every change of one order, as a defect of ours would. */
async function breakOrder(id: string): Promise<() => Promise<unknown>> {
  await api.database.query(`CREATE FUNCTION refuse_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'this order is broken'; END $$`);
  await api.database.query(`CREATE TRIGGER broken BEFORE UPDATE ON orders FOR EACH ROW
    WHEN (OLD.id = '${id}') EXECUTE FUNCTION refuse_order()`);
  return async () => {
    await api.database.query('DROP TRIGGER broken ON orders');
    await api.database.query('DROP FUNCTION refuse_order()');
  };
}

describe('an event that cannot be worked on', () => {
  it('is parked after 8 attempts, keeps nobody waiting, and takes effect once replayed', async () => {
    const broken = await openOrder();
    const sound = await openOrder();
    const mend = await breakOrder(broken.id);
    const poison = intentEvent(broken.intent, 'succeeded');
    const { id } = await store(poison);
    await store(intentEvent(sound.intent, 'succeeded'));

    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await workInbox(api);
      await passTime(api);
    }

    expect(pausesOf(poison)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(await inboxRow(api, poison.id)).toMatchObject({
      status: 'parked',
      attempts: 8,
      last_error: 'this order is broken',
    });
    expect([await statusOf(broken.id), await statusOf(sound.id)]).toEqual(['created', 'paid']);
    expect(await stockOf(api, broken.product)).toEqual([5, 2]);
    expect(api.logs.named('webhook_parked')).toMatchObject([
      { level: 50, webhook_event_id: id, provider_event_id: poison.id, attempts: 8, reason: 'this order is broken' },
    ]);
    const { body: parked } = await api.admin().get('/v1/admin/webhook-events?status=parked').expect(200);
    const listed: { id: string }[] = parked.webhook_events;
    expect(listed.filter((each) => each.id === id)).toMatchObject([{ status: 'parked', attempts: 8 }]);

    await mend();
    const replayed = await api.admin().post(`/v1/admin/webhook-events/${id}/replay`);
    await workInbox(api);

    expect(replayed.status).toBe(202);
    expect(replayed.body).toMatchObject({ id, provider_event_id: poison.id, status: 'received', attempts: 0 });
    expect(await inboxRow(api, poison.id)).toMatchObject({ status: 'processed', attempts: 1, last_error: null });
    expect(await statusOf(broken.id)).toBe('paid');
  });

  it.each([
    ['an amount that is none', { amount: 'a lot' }],
    ['a status that we never heard of', { status: 'superposed' }],
    ['no id', { id: undefined }],
  ])('is kept with its reason (%s)', async (_, changes) => {
    const { id, intent } = await openOrder();
    const event = stripeEvent('payment_intent.created', { ...intent, ...changes });
    await store(event);

    await workInbox(api);

    const row = await inboxRow(api, event.id);
    expect(row).toMatchObject({ status: 'received', attempts: 1 });
    expect(row.last_error).toEqual(expect.stringMatching(/\S/));
    expect(await statusOf(id)).toBe('created');
  });

  it('is parked as well where the process dies each time', async () => {
    const { intent, id } = await openOrder();
    const event = intentEvent(intent, 'succeeded');
    const row = await store(event);
    await api.database.query('UPDATE webhook_events SET attempts = 8 WHERE id = $1', [row.id]);

    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({
      status: 'parked',
      attempts: 9,
      last_error: 'the process ended each time it worked on this event',
    });
    expect(await statusOf(id)).toBe('created');
  });
});

describe('an event about a payment that we do not know', () => {
  it('waits longer and longer, for three days, and is then parked', async () => {
    const event = intentEvent({ id: 'pi_of_somebody_else', amount: 1, currency: 'usd', metadata: {} }, 'succeeded');
    await store(event);

    for (let attempt = 1; attempt <= 12; attempt += 1) {
      await workInbox(api);
      const status = attempt < 12 ? 'deferred' : 'parked';
      expect(await inboxRow(api, event.id)).toMatchObject({ status, attempts: attempt });
      await passTime(api);
    }

    expect(pausesOf(event)).toEqual([1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 86_400, 86_400]);
    expect(await inboxRow(api, event.id)).toMatchObject({
      status: 'parked',
      attempts: 12,
      last_error: 'no payment of ours has this intent',
    });
    expect(api.logs.named('webhook_parked')).toMatchObject([{ level: 50, provider_event_id: event.id }]);
  });

  it('is applied once the payment is known', async () => {
    const { id, intent } = await openOrder();
    await api.database.query('UPDATE payments SET provider_payment_id = NULL WHERE order_id = $1', [id]);
    const event = intentEvent({ ...intent, metadata: {} }, 'succeeded');
    await store(event);
    await workInbox(api);
    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'deferred', attempts: 1 });
    await api.database.query('UPDATE payments SET provider_payment_id = $2 WHERE order_id = $1', [id, intent.id]);

    await passTime(api);
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed', attempts: 2, last_error: null });
    expect(await statusOf(id)).toBe('paid');
  });

  it.each([
    [
      'refund.created',
      { id: 're_x', amount: 1, currency: 'usd', status: 'succeeded', reason: null, payment_intent: 'pi_x' },
    ],
    ['charge.dispute.created', { id: 'du_x', payment_intent: 'pi_x' }],
    ['charge.dispute.created', { id: 'du_y', payment_intent: null }],
  ])('waits also where it is a %s', async (type, object) => {
    const event = stripeEvent(type, object);
    await store(event);

    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'deferred', attempts: 1 });
  });

  it('is never taken for that of another order', async () => {
    const { id, intent } = await openOrder();
    const [payment] = await api.database.query<{ id: string }>('SELECT id FROM payments WHERE order_id = $1', [id]);
    const forged = { ...intent, id: 'pi_second_intent', metadata: { payment_id: payment?.id ?? '' } };
    const event = intentEvent(forged, 'succeeded');
    await store(event);

    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'deferred' });
    expect(await statusOf(id)).toBe('created');
  });
});

describe('a charge of which more went back than we know', () => {
  it('makes us ask which refunds those were, also later where Stripe does not answer', async () => {
    const { body } = await buyCart(
      api.customer(),
      [{ product_id: await stockedProduct(api, { unitPrice: 2_500 }), quantity: 2 }],
      { payment_method: 'pm_card_visa' },
    );
    const intent = await intentOf(api, body.id);
    await controlSandbox(api, '/refunds', { payment_intent: intent.id, amount: 700 });
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'GET', path: '/v1/refunds' } });
    const event = stripeEvent('charge.refunded', { captured: true, amount_refunded: 700, payment_intent: intent.id });
    await store(event);
    await workInbox(api);
    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'deferred', attempts: 1 });

    await passTime(api);
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed', attempts: 2 });
    const { body: order } = await api.admin().get(`/v1/admin/orders/${body.id}`);
    expect(order).toMatchObject({ payment_status: 'partially_refunded', refunded_amount: 700 });
  });

  it('is nothing new where no money was captured', async () => {
    const { id, intent } = await openOrder();
    const event = stripeEvent('charge.refunded', {
      captured: false,
      amount_refunded: 5_649,
      payment_intent: intent.id,
    });
    await store(event);

    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed' });
    expect(await eventTypes(api, id)).toEqual(['order_created']);
  });
});

describe('the workers', () => {
  it('take each event once, however many there are', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, openOrder));
    const rows = await Promise.all(orders.map(({ intent }) => store(intentEvent(intent, 'succeeded'))));

    const worked = await Promise.all([workInbox(api), workInbox(api), workInbox(api), workInbox(api)]);

    expect(worked.reduce((sum, count) => sum + count, 0)).toBe(12);
    for (const { id, product } of orders) {
      expect(await eventTypes(api, id)).toEqual(['order_created', 'order_paid']);
      expect(await stockOf(api, product)).toEqual([3, 0]);
    }
    const done = await Promise.all(rows.map((row) => inboxRow(api, row.provider_event_id)));
    expect(done.map(({ status, attempts }) => [status, attempts])).toEqual(rows.map(() => ['processed', 1]));
  });

  it('leave an event alone while another works on it, and take it over after that', async () => {
    const { id, intent } = await openOrder();
    const event = intentEvent(intent, 'succeeded');
    const row = await store(event);
    await api.database.query(
      "UPDATE webhook_events SET attempts = 1, next_attempt_at = now() + interval '60 s' WHERE id = $1",
      [row.id],
    );
    expect(await workInbox(api)).toBe(0);
    expect(await statusOf(id)).toBe('created');

    await passTime(api);
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed', attempts: 2 });
    expect(await statusOf(id)).toBe('paid');
  });

  it('take several at once, but none with others over which a process may have died', async () => {
    const events = [intentEvent((await openOrder()).intent, 'succeeded'), stripeEvent('charge.refunded', {})];
    for (const event of events) await store(event);
    const [inbox, database] = [
      api.app.get(WebhookEventRepository, { strict: false }),
      api.app.get(Database, { strict: false }),
    ];
    const idsOf = (taken: readonly WebhookEvent[]) => taken.map(({ providerEventId }) => providerEventId).sort();

    // Nobody works on them after that, as after a crash.
    const together = await database.transaction((tx) => inbox.takeFresh(tx, 8, 20));
    await passTime(api);

    expect(idsOf(together)).toEqual(events.map(({ id }) => id).sort());
    expect(await database.transaction((tx) => inbox.takeFresh(tx, 8, 20))).toEqual([]);
    expect(await database.transaction((tx) => inbox.takeNext(tx, 20))).toHaveLength(1);
  });

  it('wait while more comes in than can be stored', async () => {
    const { id, intent } = await openOrder();
    await store(intentEvent(intent, 'succeeded'));
    const redis = new Redis(api.config.REDIS_URL);
    const signs = () => redis.exists('webhooks:intake_pressure');
    api.app.get(IntakePressure, { strict: false }).note(32);
    await eventually(async () => expect(await signs()).toBe(1));

    await workInbox(api);

    // The sign lasts for a second, which is far longer than the work.
    expect(await signs()).toBe(0);
    redis.disconnect();
    expect(await statusOf(id)).toBe('paid');
  });

  it('lock event, cart, order and payment, in this order', async () => {
    const { intent } = await openOrder();
    await store(intentEvent(intent, 'payment_failed'));

    const { lockedTables } = await recordStatements(() => workInbox(api));

    expect(lockedTables.slice(0, 4)).toEqual(['webhook_events', 'carts', 'orders', 'payments']);
  });

  it('find an event by the bell that rings for it', async () => {
    const { id, intent } = await openOrder();
    const row = await store(intentEvent(intent, 'succeeded'));
    const [webhookEventId] = await api.database.query<{ id: `whe_${string}` }>(
      'SELECT id FROM webhook_events WHERE id = $1',
      [row.id],
    );

    await api.app.get(ProcessEvents, { strict: false }).process([webhookEventId?.id ?? 'whe_']);

    expect(await statusOf(id)).toBe('paid');
  });

  it('forget what is done with after 90 days, and nothing else', async () => {
    const { intent } = await openOrder();
    const [done, waiting, recent] = [
      intentEvent(intent, 'succeeded'),
      intentEvent({ ...intent, id: 'pi_x', metadata: {} }, 'succeeded'),
      stripeEvent('customer.created', { id: 'cus_1' }),
    ];
    for (const event of [done, waiting, recent]) await store(event);
    await workInbox(api);
    await api.database.query(
      "UPDATE webhook_events SET received_at = now() - interval '91 days' WHERE provider_event_id = ANY($1)",
      [[done.id, waiting.id]],
    );

    await api.app.get(PruneEvents, { strict: false }).execute();

    await expect(inboxRow(api, done.id)).rejects.toThrow('was not stored');
    expect([(await inboxRow(api, waiting.id)).status, (await inboxRow(api, recent.id)).status]).toEqual([
      'deferred',
      'ignored',
    ]);
  });
});

describe('the admin', () => {
  it('sees events newest first, by status and type, in pages', async () => {
    const { intent } = await openOrder();
    const events = [
      stripeEvent('invoice.marked_uncollectible', { id: 'in_1' }),
      intentEvent(intent, 'created'),
      stripeEvent('invoice.marked_uncollectible', { id: 'in_2' }),
    ];
    for (const event of events) await store(event);
    const list = async (query: string) => (await api.admin().get(`/v1/admin/webhook-events?${query}`).expect(200)).body;

    const all = await list('limit=3');
    const invoices = await list('type=invoice.marked_uncollectible&status=ignored&limit=1');
    const next = await list(
      `type=invoice.marked_uncollectible&limit=1&starting_after=${invoices.webhook_events[0].id}`,
    );

    expect(all.webhook_events.map((event: { provider_event_id: string }) => event.provider_event_id)).toEqual(
      events.map(({ id }) => id).reverse(),
    );
    expect(Object.keys(all.webhook_events[0])).toEqual([
      'id',
      'provider_event_id',
      'type',
      'status',
      'attempts',
      'received_at',
      'provider',
      'last_error',
    ]);
    expect(invoices).toMatchObject({
      total_count: 2,
      has_more: true,
      webhook_events: [
        { provider_event_id: events[2]?.id, type: 'invoice.marked_uncollectible', status: 'ignored', attempts: 0 },
      ],
    });
    expect(next).toMatchObject({ has_more: false, webhook_events: [{ provider_event_id: events[0]?.id }] });
  });

  it.each(['status=done', 'type=Invoice%20paid', 'sort=type', 'limit=0'])('cannot ask for %s', async (query) => {
    expect((await api.admin().get(`/v1/admin/webhook-events?${query}`)).status).toBe(422);
  });

  it('may replay what was processed, and nothing happens twice', async () => {
    const { id, intent, product } = await openOrder();
    const event = intentEvent(intent, 'succeeded');
    const row = await store(event);
    await workInbox(api);

    await api.admin().post(`/v1/admin/webhook-events/${row.id}/replay`).expect(202);
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed', attempts: 1 });
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_paid']);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('may replay what means nothing to us', async () => {
    const event = stripeEvent('invoice.paid', { id: 'in_3' });
    const row = await store(event);

    await api.admin().post(`/v1/admin/webhook-events/${row.id}/replay`).expect(202);
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'ignored', attempts: 1 });
  });

  it('alone may look and replay', async () => {
    const { id } = await store(stripeEvent('invoice.paid', { id: 'in_4' }));
    const replay = `/v1/admin/webhook-events/${id}/replay`;

    expect((await api.http.get('/v1/admin/webhook-events')).status).toBe(401);
    expect((await api.customer().get('/v1/admin/webhook-events')).status).toBe(403);
    expect((await api.http.post(replay)).status).toBe(401);
    expect((await api.customer().post(replay)).status).toBe(403);
    expect((await api.admin().post('/v1/admin/webhook-events/whe_none/replay')).body.code).toBe(
      'webhook_event_not_found',
    );
    expect((await api.admin().post(`/v1/admin/webhook-events/${id.slice(0, -3)}zzz/replay`)).status).toBe(404);
  });
});
