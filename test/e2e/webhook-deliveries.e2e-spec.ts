import pg from 'pg';
import { encodeId, isId, newId } from '../../src/kernel/id.js';
import { PublishEvents } from '../../src/platform/outbox/index.js';
import type { WebhookEndpointId } from '../../src/webhooks/outbound/domain/endpoint.js';
import { ExchangeDeliveries } from '../../src/webhooks/outbound/use-cases/exchange-deliveries.js';
import { SendDelivery } from '../../src/webhooks/outbound/use-cases/send-delivery.js';
import { TendDeliveries } from '../../src/webhooks/outbound/use-cases/tend-deliveries.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import { deliverAll, deliveriesTo, makeEndpoint, newSubject, passTime, writeEvents } from '../support/deliveries.js';
import { eventually } from '../support/poll.js';
import { type Received, type Receiver, startReceiver } from '../support/receiver.js';
import { verifyWebhook } from '../support/standard-webhooks.js';

const ROUTE = '/v1/admin/webhook-endpoints';
const TIMEOUT_MS = 300;

let api: TestApi;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  api = await startApi({
    config: { WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS), WEBHOOK_CONCURRENCY: '4', LOG_LEVEL: 'debug' },
  });
});
afterAll(async () => {
  await api.close();
  await receiver.stop();
});
// Each test has its own endpoints: those of others would hear its events as well.
afterEach(() => api.database.query('UPDATE webhook_endpoints SET enabled = false, disabled_at = now() WHERE enabled'));

let paths = 0;
const newPath = (): string => `/hook-${(paths += 1)}`;
const only = (path: string): Received => {
  const [got, ...others] = receiver.at(path);
  if (!got || others.length > 0) throw new Error(`${others.length + (got ? 1 : 0)} requests came to ${path}, not one`);
  return got;
};
const sequences = (path: string): number[] => receiver.at(path).map(({ event }) => Number(event.sequence));
const statuses = async (endpointId: string) => (await deliveriesTo(api, endpointId)).map(({ status }) => status);

//
describe('what a receiver gets', () => {
  it('is the event of docs/events.md, signed as the library of the specification verifies it', async () => {
    const path = newPath();
    const { secret } = await makeEndpoint(api, receiver.url + path);
    const subject = newSubject();
    const [eventId] = await writeEvents(api, subject, 1);

    await deliverAll(api);

    const got = only(path);
    expect(verifyWebhook(secret, got)).toMatchObject({
      specversion: '1.0',
      id: eventId,
      type: 'order.paid',
      subject,
      sequence: '0000000001',
      data: { type: 'order.paid', version: 1 },
    });
    expect(got.headers).toMatchObject({ 'webhook-id': eventId, 'content-type': 'application/json; charset=utf-8' });
    expect(() => verifyWebhook(secret, { ...got, body: `${got.body} ` })).toThrow('No matching signature');
  });

  it('is signed with both secrets while one is rotated, and then with the new one alone', async () => {
    const path = newPath();
    const made = await makeEndpoint(api, receiver.url + path);
    const { body: rotated } = await api.admin().post(`${ROUTE}/${made.id}/rotate-secret`).expect(200);
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    await api.database.query('UPDATE webhook_endpoints SET previous_secret_until = now() WHERE id = $1', [made.id]);
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);

    const verifies = (secret: string) =>
      receiver.at(path).map((got) => {
        try {
          return verifyWebhook(secret, got) !== undefined;
        } catch {
          return false;
        }
      });
    expect(rotated.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated.previous_secret_until).not.toBeNull();
    expect([verifies(made.secret), verifies(rotated.secret)]).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(receiver.at(path).map(({ headers }) => headers['webhook-signature']?.split(' ').length)).toEqual([2, 1]);
  });

  it('is what it has asked for', async () => {
    const [all, paid, family, other] = [newPath(), newPath(), newPath(), newPath()];
    await makeEndpoint(api, receiver.url + all);
    await makeEndpoint(api, receiver.url + paid, { event_types: ['order.created', 'order.paid'] });
    await makeEndpoint(api, receiver.url + family, { event_types: ['order.*'] });
    await makeEndpoint(api, receiver.url + other, { event_types: ['refund.*', 'stock.changed'] });
    await makeEndpoint(api, receiver.url + other, { enabled: false });
    await writeEvents(api, newSubject(), 1);

    await deliverAll(api);

    expect([all, paid, family, other].map((path) => receiver.at(path).length)).toEqual([1, 1, 1, 0]);
  });
});

describe('a receiver that fails', () => {
  it('gets every event all the same, first receipts in the order of each subject, the same bytes each time', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    // A third of the answers: too late, or of all the kinds that ask for another attempt.
    receiver.behave(path, (_, count) =>
      count % 3 === 0 ? (([500, 'hang', 404, 302] as const)[count % 4] ?? 503) : 200,
    );
    const subjects = Array.from({ length: 12 }, newSubject);
    const written = await Promise.all(subjects.map((subject) => writeEvents(api, subject, 4)));
    const events = written.flat();

    await deliverAll(api);
    for (let round = 0; round < 40 && (await statuses(id)).some((status) => status !== 'delivered'); round += 1) {
      await passTime(api);
      await deliverAll(api);
    }

    const got = receiver.at(path);
    const idsOf = (subject: string) =>
      got.filter(({ event }) => event.subject === subject).map(({ event }) => event.id);
    const bodies = new Map(events.map((event) => [event, new Set<string>()]));
    for (const { event, body } of got) bodies.get(event.id)?.add(body);
    expect(await statuses(id)).toEqual(events.map(() => 'delivered'));
    expect(subjects.map((subject) => [...new Set(idsOf(subject))])).toEqual(written);
    expect([...bodies.values()].map(({ size }) => size)).toEqual(events.map(() => 1));
    expect(got.length).toBeGreaterThan(events.length);
  });

  it('holds back what comes later about the same subject, and nothing else', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    const [stuck, free] = [newSubject(), newSubject()];
    receiver.behave(path, ({ event }) => (event.subject === stuck && event.sequence === '0000000001' ? 500 : 200));
    await writeEvents(api, stuck, 3);
    await writeEvents(api, free, 2);

    await deliverAll(api);
    const held = await statuses(id);
    receiver.behave(path, () => 200);
    await passTime(api);
    await deliverAll(api);

    expect(held).toEqual(['pending', 'waiting', 'waiting', 'delivered', 'delivered']);
    expect(await statuses(id)).toEqual(Array.from({ length: 5 }, () => 'delivered'));
    const got = receiver.at(path).filter(({ event }) => event.subject === stuck);
    expect(got.map(({ event }) => Number(event.sequence))).toEqual([1, 1, 2, 3]);
  });

  it('is given up for an event after ten attempts, whose successors then go on', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    receiver.behave(path, ({ event }) => (event.sequence === '0000000001' ? 500 : 200));
    await writeEvents(api, newSubject(), 2);

    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await deliverAll(api);
      await passTime(api);
    }

    expect(sequences(path)).toEqual([...Array.from({ length: 10 }, () => 1), 2]);
    expect(await deliveriesTo(api, id)).toMatchObject([
      { status: 'failed', attempts: 10, response_status: 500 },
      { status: 'delivered', attempts: 1, response_status: 200 },
    ]);
    const givenUp = api.logs.named('webhook_given_up').filter((line) => line['webhook_endpoint_id'] === id);
    expect(givenUp).toMatchObject([{ attempts: 10 }]);
  });

  it('is left alone for as long as it asks for, with everything', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    receiver.behave(path, (_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '120' } } : 200));
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);

    const [times] = await api.database.query<{ pause: number; silence: number }>(
      `SELECT extract(epoch FROM d.next_attempt_at - d.last_attempt_at)::float8 AS pause,
         extract(epoch FROM e.paused_until - d.last_attempt_at)::float8 AS silence
       FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
       WHERE e.id = $1 AND d.attempts = 1`,
      [id],
    );
    expect(sequences(path)).toEqual([1]);
    expect(times?.silence).toBeGreaterThan(119);
    expect(times?.silence).toBeLessThan(130);
    expect(times?.pause).toBeGreaterThan(119);
    expect(times?.pause).toBeLessThan(154);
    await passTime(api);
    await deliverAll(api);
    expect(await statuses(id)).toEqual(['delivered', 'delivered']);
  });

  it('is disabled by 410, and told of nothing until it is enabled again', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    const subject = newSubject();
    receiver.behave(path, (_, count) => (count === 1 ? 410 : 200));
    await writeEvents(api, subject, 2);
    await deliverAll(api);
    await writeEvents(api, subject, 3, 3);
    await deliverAll(api);

    const { body: disabled } = await api.admin().get(`${ROUTE}/${id}`).expect(200);
    const before = await statuses(id);
    await api.admin().patch(`${ROUTE}/${id}`, { enabled: true }).expect(200);
    await deliverAll(api);

    expect(disabled).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    expect(before).toEqual(['failed', 'pending']);
    expect(sequences(path)).toEqual([1, 2]);
    expect(api.logs.named('webhook_endpoint_disabled').at(-1)).toMatchObject({
      webhook_endpoint_id: id,
      reason: 'gone',
    });
  });

  it('is disabled after days of nothing but failures, and not before', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    const failingFor = (hours: number) =>
      api.database.query(
        `UPDATE webhook_endpoints SET failing_since = now() - make_interval(hours => $2) WHERE id = $1`,
        [id, hours],
      );
    const attempt = async () => {
      await passTime(api);
      await deliverAll(api);
      return (await api.admin().get(`${ROUTE}/${id}`).expect(200)).body;
    };
    receiver.behave(path, () => 500);
    await writeEvents(api, newSubject(), 1);
    const first = await attempt();
    await failingFor(119);
    const shortly = await attempt();
    await failingFor(121);
    const finally_ = await attempt();
    const { body: enabled } = await api.admin().patch(`${ROUTE}/${id}`, { enabled: true }).expect(200);
    receiver.behave(path, () => 200);
    const healed = await attempt();

    expect([first.enabled, shortly.enabled]).toEqual([true, true]);
    expect(first.failing_since).not.toBeNull();
    expect(finally_).toMatchObject({ enabled: false, disabled_reason: 'failing' });
    expect(enabled).toMatchObject({ enabled: true, disabled_reason: null, disabled_at: null, failing_since: null });
    expect(healed).toMatchObject({ enabled: true, failing_since: null });
  });

  it('delays nobody else', async () => {
    const [dead, live] = [newPath(), newPath()];
    const deadOne = await makeEndpoint(api, receiver.url + dead);
    const liveOne = await makeEndpoint(api, receiver.url + live);
    // Whoever waited for an answer of the dead one would wait until the live one has everything, that is for ever.
    // What comes to it first is never answered, even where the live one has been quicker.
    receiver.behave(dead, () => (receiver.at(live).length < 20 || receiver.at(dead).length <= 4 ? 'hang' : 200));
    for (let count = 0; count < 20; count += 1) await writeEvents(api, newSubject(), 1);

    await deliverAll(api);

    expect(receiver.at(live)).toHaveLength(20);
    expect(await statuses(liveOne.id)).toEqual(Array.from({ length: 20 }, () => 'delivered'));
    const late = (await deliveriesTo(api, deadOne.id)).filter(({ last_error }) => last_error !== null);
    expect(late.map(({ last_error }) => last_error)).toEqual(late.map(() => `no answer within ${TIMEOUT_MS} ms`));
    expect(late.length).toBeGreaterThan(0);
  });
});

describe('the log of deliveries', () => {
  it('shows an attempt with its request and the first bytes of the answer', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    receiver.behave(path, () => ({ status: 500, body: `cannot: ${'x'.repeat(5_000)}` }));
    const [eventId] = await writeEvents(api, newSubject(), 1);
    await deliverAll(api);

    const { body: list } = await api
      .admin()
      .get(`${ROUTE}/${id}/deliveries?status=pending&event_type=order.paid`)
      .expect(200);
    const deliveryId = String(list.deliveries[0].id);
    const { body: one } = await api.admin().get(`${ROUTE}/deliveries/${deliveryId}`).expect(200);
    const { body: same } = await api.admin().get(`${ROUTE}/${id}/deliveries/${deliveryId}`).expect(200);
    const { body: none } = await api.admin().get(`${ROUTE}/${id}/deliveries?status=delivered`).expect(200);

    expect(list).toMatchObject({ total_count: 1, limit: 20, offset: 0, has_more: false });
    expect(list.deliveries[0]).toMatchObject({
      webhook_endpoint_id: id,
      event_id: eventId,
      event_type: 'order.paid',
      status: 'pending',
      attempts: 1,
      response_status: 500,
      response_excerpt: `cannot: ${'x'.repeat(1_016)}`,
      error: null,
      delivered_at: null,
    });
    const [got] = receiver.at(path);
    expect(one).toEqual({ ...list.deliveries[0], request: { headers: one.request.headers, body: got?.body } });
    expect(got?.headers).toMatchObject(one.request.headers);
    expect(same).toEqual(one);
    expect(none).toMatchObject({ deliveries: [], total_count: 0 });
  });

  it('shows nothing of another endpoint, and refuses what is no filter', async () => {
    const { id } = await makeEndpoint(api, receiver.url + newPath());
    const other = await makeEndpoint(api, receiver.url + newPath());
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    const [mine] = await deliveriesTo(api, id);

    const answers = [
      await api.admin().get(`${ROUTE}/${other.id}/deliveries/${mine?.id}`),
      await api.admin().post(`${ROUTE}/${other.id}/deliveries/${mine?.id}/replay`),
      await api.admin().get(`${ROUTE}/deliveries/${newId('del')}`),
      await api.admin().get(`${ROUTE}/${newId('whe')}/deliveries`),
      await api.admin().get(`${ROUTE}/${id}/deliveries?status=sent`),
      await api.admin().get(`${ROUTE}/${id}/deliveries?limit=0`),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'webhook_delivery_not_found'],
      [404, 'webhook_delivery_not_found'],
      [404, 'webhook_delivery_not_found'],
      [404, 'webhook_endpoint_not_found'],
      [422, 'validation_failed'],
      [422, 'validation_failed'],
    ]);
    expect(await deliveriesTo(api, id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });
});

describe('a person', () => {
  it('sends one delivery again, with the same id', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    const [row] = await deliveriesTo(api, id);

    const { body } = await api.admin().post(`${ROUTE}/deliveries/${row?.id}/replay`).expect(202);
    const { body: nested } = await api.admin().post(`${ROUTE}/${id}/deliveries/${row?.id}/replay`).expect(202);
    await deliverAll(api);

    expect(body).toMatchObject({ id: row?.id, status: 'pending', attempts: 0 });
    expect(body.delivered_at).not.toBeNull();
    expect(nested.id).toBe(row?.id);
    expect(receiver.at(path).map(({ headers }) => headers['webhook-id'])).toEqual([row?.event_id, row?.event_id]);
    expect(await deliveriesTo(api, id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  it('sends a range again in its order, with what an endpoint has missed and asks for', async () => {
    const path = newPath();
    const subject = newSubject();
    const [tooOld] = await writeEvents(api, newSubject(), 1);
    await writeEvents(api, subject, 1);
    await deliverAll(api);
    await api.database.query(`UPDATE outbox_events SET created_at = created_at - interval '2 hours' WHERE id = $1`, [
      tooOld,
    ]);
    const { id } = await makeEndpoint(api, receiver.url + path, { event_types: ['order.*'] });
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    await writeEvents(api, subject, 3, 2);
    await deliverAll(api);
    const before = sequences(path);

    const { body } = await api.admin().post(`${ROUTE}/${id}/replay`, { from, to }).expect(202);
    await deliverAll(api);

    expect(before).toEqual([2, 3]);
    expect(body).toEqual({ webhook_endpoint_id: id, from, to, replayed: body.replayed });
    const got = receiver.at(path).slice(2);
    expect(got).toHaveLength(body.replayed);
    expect(got.map(({ event }) => event.id)).not.toContain(tooOld);
    const own = got.filter((each) => each.event.subject === subject);
    expect(own.map(({ event }) => Number(event.sequence))).toEqual([1, 2, 3]);
  });

  it('tests an endpoint, whatever it asks for', async () => {
    const path = newPath();
    const { id, secret } = await makeEndpoint(api, receiver.url + path, { event_types: ['refund.*'] });

    const { body } = await api.admin().post(`${ROUTE}/${id}/test`).expect(202);
    await deliverAll(api);

    expect(body).toMatchObject({ webhook_endpoint_id: id, event_type: 'webhook.test', status: 'pending', attempts: 0 });
    expect(verifyWebhook(secret, only(path))).toMatchObject({
      id: body.event_id,
      type: 'webhook.test',
      subject: id,
      data: { type: 'webhook.test', webhook_endpoint_id: id },
    });
    expect(await statuses(id)).toEqual(['delivered']);
  });

  it('is refused where nothing would be sent, or too much', async () => {
    const { id } = await makeEndpoint(api, receiver.url + newPath());
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    const [row] = await deliveriesTo(api, id);
    const range = { from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z' };
    const replay = (body: object) => api.admin().post(`${ROUTE}/${id}/replay`, body);
    const longAgo = BigInt(Date.parse('2001-01-01T00:30:00Z')) << 16n;
    await api.database.query(
      `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id, status, "position", created_at)
       SELECT id, 'ord_many', n, 'order.paid', '{}', 'trace', 'published', nextval('outbox_position_seq'),
         '2001-01-01T00:30:00Z' FROM unnest($1::text[]) WITH ORDINALITY AS many (id, n)`,
      [Array.from({ length: 5_001 }, (_, count) => encodeId('evt', longAgo, BigInt(count)))],
    );
    const tooMany = await replay({ from: '2001-01-01T00:00:00Z', to: '2001-01-01T01:00:00Z' });
    const odd = [
      await replay({}),
      await replay({ ...range, to: range.from }),
      await replay({ ...range, to: '2026-12-22T10:00:00Z' }),
      await replay({ ...range, from: 'yesterday' }),
      await replay({ ...range, all: true }),
    ];
    await api.admin().patch(`${ROUTE}/${id}`, { enabled: false }).expect(200);
    const disabled = [
      await replay(range),
      await api.admin().post(`${ROUTE}/${id}/test`),
      await api.admin().post(`${ROUTE}/deliveries/${row?.id}/replay`),
    ];

    expect([tooMany.status, tooMany.body.code, tooMany.body.limit]).toEqual([422, 'webhook_replay_too_large', 5_000]);
    expect(odd.map(({ body }) => body.code)).toEqual(odd.map(() => 'validation_failed'));
    expect(disabled.map(({ status, body }) => [status, body.code])).toEqual(
      disabled.map(() => [409, 'webhook_endpoint_disabled']),
    );
    expect(await deliveriesTo(api, id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });
});

describe('a delivery that is being sent', () => {
  const versions = (id: string) =>
    api.database.query<{ version: number; status: string }>(
      'SELECT version, status FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY version',
      [id],
    );

  it('is due again once its lease is over, should the worker die over it', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    await writeEvents(api, newSubject(), 1);
    await api.app.get(PublishEvents, { strict: false }).execute();
    const exchange = api.app.get(ExchangeDeliveries, { strict: false });
    const [taken] = await exchange.execute(endpointId(id), [], 1);
    const [lease] = await api.database.query<{ seconds: number }>(
      `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS seconds FROM webhook_deliveries
       WHERE id = $1`,
      [taken?.id],
    );
    const others = await exchange.execute(endpointId(id), [], 10);

    await passTime(api);
    await deliverAll(api);

    expect(others).toEqual([]);
    expect(lease?.seconds).toBeGreaterThan(TIMEOUT_MS / 1_000);
    expect(lease?.seconds).toBeLessThanOrEqual(30);
    expect(receiver.at(path).map(({ event }) => event.id)).toEqual([taken?.eventId]);
    expect(await deliveriesTo(api, id)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  it('is given up where the worker has died over it each time', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    await writeEvents(api, newSubject(), 2);
    await api.app.get(PublishEvents, { strict: false }).execute();
    await api.database.query('UPDATE webhook_deliveries SET attempts = 10 WHERE endpoint_id = $1 AND version = 1', [
      id,
    ]);

    await deliverAll(api);

    expect(sequences(path)).toEqual([2]);
    expect(await deliveriesTo(api, id)).toMatchObject([
      { status: 'failed', last_error: 'the process ended each time it sent this' },
      { status: 'delivered' },
    ]);
  });

  it('is not done with, unnoticed, while the next one is lined up behind it', async () => {
    const { id } = await makeEndpoint(api, receiver.url + newPath());
    const subject = newSubject();
    const publish = () => api.app.get(PublishEvents, { strict: false }).execute();
    const exchange = api.app.get(ExchangeDeliveries, { strict: false });
    const sending = api.app.get(SendDelivery, { strict: false });
    const outsider = new pg.Client({ connectionString: api.database.url });
    await outsider.connect();
    await writeEvents(api, subject, 1);
    await publish();
    const [first] = await exchange.execute(endpointId(id), [], 1);
    if (!first) throw new Error('nothing was taken');
    const sent = await sending.execute(first);

    // Both want the row of the first one, and an outsider has it: they meet there, in whatever order.
    await outsider.query('BEGIN');
    await outsider.query('SELECT FROM webhook_deliveries WHERE id = $1 FOR UPDATE', [first.id]);
    await writeEvents(api, subject, 2, 2);
    const both = Promise.all([publish(), exchange.execute(endpointId(id), [sent], 0)]);
    await eventually(async () => {
      const waiting = await api.database.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(2);
    });
    await outsider.query('ROLLBACK');
    await both;
    await outsider.end();

    expect(await versions(id)).toEqual([
      { version: 1, status: 'delivered' },
      { version: 2, status: 'pending' },
    ]);
  });

  it('is found by the net where it waits for nothing', async () => {
    const path = newPath();
    const { id } = await makeEndpoint(api, receiver.url + path);
    await writeEvents(api, newSubject(), 3);
    await api.app.get(PublishEvents, { strict: false }).execute();
    await api.database.query(
      `UPDATE webhook_deliveries SET status = 'waiting', next_attempt_at = NULL WHERE endpoint_id = $1`,
      [id],
    );
    await deliverAll(api);
    const before = receiver.at(path).length;

    await api.app.get(TendDeliveries, { strict: false }).execute();
    await deliverAll(api);

    expect(before).toBe(0);
    expect(sequences(path)).toEqual([1, 2, 3]);
  });

  it('is forgotten after a month, or with its endpoint, and nothing else is', async () => {
    const old = await makeEndpoint(api, receiver.url + newPath());
    const deleted = await makeEndpoint(api, receiver.url + newPath());
    await writeEvents(api, newSubject(), 1);
    await writeEvents(api, newSubject(), 1);
    await deliverAll(api);
    const [first, second] = await deliveriesTo(api, old.id);
    const monthAgo = encodeId('del', BigInt(Date.now() - 31 * 86_400_000) << 16n, 0n);
    await api.database.query('UPDATE webhook_deliveries SET id = $2 WHERE id = $1', [first?.id, monthAgo]);
    await api.admin().delete(`${ROUTE}/${deleted.id}`).expect(200);

    await api.app.get(TendDeliveries, { strict: false }).execute();

    expect((await deliveriesTo(api, old.id)).map(({ id }) => id)).toEqual([second?.id]);
    expect(await deliveriesTo(api, deleted.id)).toEqual([]);
    expect(await api.database.query('SELECT id FROM webhook_endpoints WHERE id = $1', [deleted.id])).toEqual([]);
  });

  it('leaves neither its body nor a secret nor an answer in the log', async () => {
    const path = newPath();
    const { secret } = await makeEndpoint(api, receiver.url + path);
    receiver.behave(path, () => ({ status: 500, body: 'told-in-confidence' }));
    await writeEvents(api, newSubject(), 1);

    await deliverAll(api);

    expect(receiver.at(path)).toHaveLength(1);
    expect(api.logs.named('webhook_not_delivered').at(-1)).toMatchObject({ response_status: 500, attempts: 1 });
    for (const text of ['specversion', 'told-in-confidence', 'webhook-signature', 'v1,', secret, path]) {
      expect(api.logs.text).not.toContain(text);
    }
  });
});

function endpointId(text: string): WebhookEndpointId {
  if (!isId('whe', text)) throw new Error(`${text} is no id of an endpoint`);
  return text;
}
