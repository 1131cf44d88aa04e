import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { RedisStore } from '../../src/platform/redis/index.js';
import { ReceiveEvent } from '../../src/webhooks/index.js';
import type { ReceivedEvent } from '../../src/webhooks/inbound/domain/webhook-event.js';
import { startApi, type TestApi } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import {
  deliver,
  deliverBody,
  inboxRow,
  intentEvent,
  nowSeconds,
  signatureOf,
  stripeEvent,
  workInbox,
} from '../support/inbox.js';
import { eventually } from '../support/poll.js';
import { workerRedisUrl } from '../support/redis.js';
import { recordStatements } from '../support/statements.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const OLD_SECRET = `whsec_${randomBytes(24).toString('hex')}`;
const NEW_SECRET = `whsec_${randomBytes(24).toString('hex')}`;
const UNKNOWN_INTENT = { id: 'pi_nobody_knows', amount: 1_000, currency: 'usd', metadata: {} };

let api: TestApi;
let redis: TcpProxy;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  redis = await startTcpProxy(workerRedisUrl());
  stops.push(() => redis.stop());
  api = await startApi({ config: { STRIPE_WEBHOOK_SECRET: `${OLD_SECRET},${NEW_SECRET}`, REDIS_URL: redis.url } });
  stops.push(() => api.close());
});

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

const stored = () => api.database.query('SELECT provider_event_id FROM webhook_events ORDER BY id');
const someEvent = (created = nowSeconds()) => stripeEvent('customer.created', { id: 'cus_1' }, created);

//
describe('what comes at the same moment', () => {
  const event = (providerEventId: string): ReceivedEvent => ({
    ...{ provider: 'stripe', providerEventId, type: 'customer.created', payload: '{}' },
    ...{ providerCreatedAt: new Date(0), origin: null },
  });
  const someIds = () => Array.from({ length: 20 }, () => `evt_${randomBytes(8).toString('hex')}`);
  const receive = (ids: readonly string[]) =>
    Promise.allSettled(ids.map((id) => api.app.get(ReceiveEvent, { strict: false }).execute(event(id))));
  const storedOnce = (ids: readonly string[]) =>
    api.database.query('SELECT id FROM webhook_events WHERE provider_event_id = ANY($1)', [ids]);

  it('is stored together, each event once, without a question to Redis before it', async () => {
    const ids = someIds();
    const asked = jest.spyOn(RedisStore.prototype, 'known');
    let outcomes: unknown[] = [];

    const log = await recordStatements(async () => {
      outcomes = (await receive([...ids, ...ids])).map((outcome) => Object.values(outcome)[1]);
    });

    expect(outcomes.toSorted()).toEqual([...ids.map(() => 'duplicate'), ...ids.map(() => 'stored')]);
    expect(await storedOnce(ids)).toHaveLength(ids.length);
    expect(log.all.filter(({ text }) => text.startsWith('INSERT INTO webhook_events'))).toHaveLength(1);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
  });

  it('is durable after one round trip', async () => {
    const ids = someIds().slice(0, 1);
    const query = jest.spyOn(pg.Client.prototype, 'query');
    await receive(ids);
    const trips = query.mock.calls.length;
    query.mockRestore();

    expect(trips).toBe(1);
    expect(await storedOnce(ids)).toHaveLength(1);
  });

  it('is stored without what cannot be', async () => {
    const ids = someIds();

    const outcomes = await receive([...ids, 'evt_\u0000', ids[0] ?? '']);

    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await storedOnce(ids)).toHaveLength(ids.length);
  });
});

//
describe('who may deliver', () => {
  it.each([OLD_SECRET, NEW_SECRET])('whoever knows one of the secrets', async (secret) => {
    const event = someEvent();

    const answer = await deliver(api, event, { secret });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ received: true });
    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'ignored', attempts: 0 });
  });

  it.each([
    ['with another secret', { secret: 'whsec_of_somebody_else' }],
    ['without a signature', { signature: '' }],
    ['with garbage for a signature', { signature: 't=1,v1,v1=' }],
    ['too late', { signedAt: nowSeconds() - 600 }],
    ['before its time', { signedAt: nowSeconds() + 600 }],
    ['with the signature of another body', { signature: signatureOf('{}', NEW_SECRET) }],
  ])('nobody %s', async (_, delivery) => {
    const before = await stored();

    const answer = await deliver(api, someEvent(), delivery);

    expect(answer.status).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 401, code: 'webhook_signature_invalid' });
    expect(await stored()).toEqual(before);
  });

  it('learns nothing about a body before it is known who sent it', async () => {
    const answer = await deliverBody(api, 'not json at all', { secret: 'whsec_of_somebody_else' });

    expect(answer.body).toMatchObject({ status: 401, code: 'webhook_signature_invalid' });
  });
});

describe('what is delivered', () => {
  it.each([
    ['{"id":', 'malformed_json'],
    ['', 'malformed_json'],
    ['[]', 'webhook_event_invalid'],
    ['null', 'webhook_event_invalid'],
    ['{}', 'webhook_event_invalid'],
    ['{"id":"evt_1","type":"a.b","created":1}', 'webhook_event_invalid'],
    ['{"id":"evt_1","type":"a.b","created":"1","data":{"object":{}}}', 'webhook_event_invalid'],
    ['{"id":"evt_1","type":"a.b","created":1e300,"data":{"object":{}}}', 'webhook_event_invalid'],
    ['{"id":"","type":"a.b","created":1,"data":{"object":{}}}', 'webhook_event_invalid'],
    [`{"id":"evt_${'1'.repeat(300)}","type":"a.b","created":1,"data":{"object":{}}}`, 'webhook_event_invalid'],
    [
      '{"id":"evt_1","object":"v2.core.event","type":"v1.a.b","created":"2026-11-20T12:00:00Z"}',
      'webhook_event_invalid',
    ],
  ])('has to be an event (body %#)', async (body, code) => {
    const before = await stored();

    const answer = await deliverBody(api, body);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ status: 400, code });
    expect(await stored()).toEqual(before);
  });

  it('may be larger, deeper and stranger than what clients may send', async () => {
    let nested: object = {};
    for (let depth = 0; depth < 40; depth += 1) nested = { nested };
    const event = stripeEvent('customer.updated', {
      id: 'cus_1',
      nested,
      notes: 'x'.repeat(400 * 1024),
      name: 'nul \u0000 and half an emoji \ud83d',
      constructor: 'GmbH',
    });

    const answer = await deliver(api, event);

    expect(answer.status).toBe(200);
    const [row] = await api.database.query<{ payload: string }>(
      'SELECT payload FROM webhook_events WHERE provider_event_id = $1',
      [event.id],
    );
    expect(row?.payload).toBe(JSON.stringify(event));
  });

  it('may not be larger than 1 MiB', async () => {
    const answer = await deliver(api, stripeEvent('customer.updated', { notes: 'x'.repeat(1024 * 1024) }));

    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ code: 'payload_too_large' });
  });

  it('loses what looks like a card number on the way to the table', async () => {
    const card = ['4242', '4242', '4242', '4242'].join(' ');
    const event = stripeEvent('customer.updated', {
      id: 'cus_1',
      description: `my card is ${card}`,
      metadata: { phone: 4242424242424242 },
    });

    await deliver(api, event).expect(200);

    const [row] = await api.database.query<{ payload: string }>(
      'SELECT payload FROM webhook_events WHERE provider_event_id = $1',
      [event.id],
    );
    expect(JSON.parse(row?.payload ?? '').data.object).toEqual({
      id: 'cus_1',
      description: '[redacted]',
      metadata: { phone: '[redacted]' },
    });
    expect(api.logs.text).not.toContain(card);
  });

  it('is kept apart by its event id', async () => {
    const event = someEvent();
    await deliver(api, event).expect(200);

    const answer = await deliver(api, { ...event, type: 'customer.deleted' });

    expect(answer.body).toEqual({ received: true, duplicate: true });
  });

  it('needs its content type and the right method', async () => {
    expect((await api.http.get('/v1/webhooks/stripe')).status).toBe(405);
    expect((await api.http.post('/v1/webhooks/stripe').set('content-type', 'text/plain').send('{}')).status).toBe(415);
    expect((await api.http.post('/v1/webhooks/stripe')).status).toBe(401);
  });
});

//
describe('an event that comes again', () => {
  const rows = (id: string) =>
    api.database.query<{ count: number }>('SELECT count(*) AS count FROM webhook_events WHERE provider_event_id = $1', [
      id,
    ]);

  it('is recognised by Redis, and by PostgreSQL where Redis forgot it', async () => {
    const event = intentEvent(UNKNOWN_INTENT, 'succeeded');
    await deliver(api, event).expect(200, { received: true });
    await eventually(async () => {
      const noted = await api.redis.get(`webhook:${event.id}`);
      // Redis that takes its time is not waited for: the next delivery notes it once more.
      if (noted === null) await deliver(api, event).expect(200);
      expect(noted).toBe('1');
    });
    expect(await api.redis.ttl(`webhook:${event.id}`)).toBeGreaterThan(2 * 86_400);
    await deliver(api, event).expect(200, { received: true, duplicate: true });
    await api.redis.flushdb();

    const answer = await deliver(api, event);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ received: true, duplicate: true });
    expect(await rows(event.id)).toEqual([{ count: 1 }]);
    expect(await api.redis.get(`webhook:${event.id}`)).toBe('1');
  });

  it('at the same moment is stored once', async () => {
    const event = intentEvent(UNKNOWN_INTENT, 'succeeded');

    const answers = await Promise.all(Array.from({ length: 12 }, () => deliver(api, event)));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(answers.filter(({ body }) => body.duplicate === undefined)).toHaveLength(1);
    expect(await rows(event.id)).toEqual([{ count: 1 }]);
  });

  it('is not worked on again', async () => {
    const event = intentEvent(UNKNOWN_INTENT, 'succeeded');
    await deliver(api, event).expect(200);
    await workInbox(api);
    const before = await inboxRow(api, event.id);
    expect(before).toMatchObject({ status: 'deferred', attempts: 1 });

    await deliver(api, event).expect(200, { received: true, duplicate: true });
    await workInbox(api);

    expect(await inboxRow(api, event.id)).toEqual(before);
  });
});

describe('without Redis', () => {
  beforeEach(() => redis.cut());
  afterEach(() => redis.restore());

  it('events are stored, worked on and recognised all the same', async () => {
    const event = intentEvent(UNKNOWN_INTENT, 'succeeded');

    const answers = [await deliver(api, event), await deliver(api, event)];
    await workInbox(api);

    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, { received: true }],
      [200, { received: true, duplicate: true }],
    ]);
    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'deferred', attempts: 1 });
  });
});

describe('without PostgreSQL', () => {
  let postgres: TcpProxy;
  let lonely: TestApi;

  beforeAll(async () => {
    const database = await cloneDatabase();
    stops.push(() => database.drop());
    postgres = await startTcpProxy(database.url);
    stops.push(() => postgres.stop());
    lonely = await startApi({ database: database.url, config: { DATABASE_URL: postgres.url } });
    stops.push(() => lonely.close());
  });

  it('Stripe is told to come again, and does not meet its own trace as a duplicate', async () => {
    const event = someEvent();
    await postgres.cut();
    const refused = await deliver(lonely, event);
    await postgres.restore();

    const answer = await eventually(async () => {
      const again = await deliver(lonely, event);
      expect(again.status).toBe(200);
      return again;
    });

    expect(refused.status).toBe(503);
    expect(answer.body).toEqual({ received: true });
  });
});

describe('the rate limit', () => {
  let limited: TestApi;

  beforeAll(async () => {
    limited = await startApi({ config: { RATE_LIMIT_PER_MINUTE: '5' } });
    stops.push(() => limited.close());
  });

  it('counts who guesses, and never who can sign', async () => {
    const signed = async (): Promise<number> => (await deliver(limited, someEvent())).status;
    const guessed = async (): Promise<number> =>
      (await deliver(limited, someEvent(), { secret: 'whsec_guess' })).status;
    const eight = (call: () => Promise<number>) => Promise.all(Array.from({ length: 8 }, call));

    expect(await eight(signed)).toEqual(Array.from({ length: 8 }, () => 200));
    expect((await eight(guessed)).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await eight(signed)).toEqual(Array.from({ length: 8 }, () => 200));
  });
});
