import { once } from 'node:events';
import { connect } from 'node:net';
import { newId } from '../../src/kernel/id.js';
import { PublishEvents } from '../../src/platform/outbox/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { EventSource } from '../support/event-source.js';
import { eventFaults } from '../support/events.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import { order } from '../support/storefront.js';

let api: TestApi;
let productId: string;
const open: EventSource[] = [];

beforeAll(async () => {
  api = await startApi({ stripe: true, config: { EVENT_SOURCE: '/my/shop' } });
  productId = await stockedProduct(api, { unitPrice: 2_500, onHand: 1_000 });
});
afterEach(() => open.splice(0).forEach((source) => source.close()));
afterAll(() => api.close());

/** What the worker does when it is rung. */
const publish = () => api.app.get(PublishEvents, { strict: false }).execute();
const feed = async (query = '') => (await api.admin().get(`/v1/admin/events${query}`).expect(200)).body;
const refused = async (query: string) => (await api.admin().get(`/v1/admin/events${query}`).expect(422)).body;

/** Buys two and answers the order's id; what happened waits in the outbox. */
async function buy(): Promise<string> {
  const { body } = await order(api.customer('alice', 'alice@example.com'), [{ product_id: productId, quantity: 2 }], {
    payment_method: 'pm_card_visa',
  }).expect(201);
  return body.id;
}

async function head(): Promise<string> {
  await publish();
  const [row] = await api.database.query<{ id: string }>(
    'SELECT id FROM outbox_events ORDER BY "position" DESC NULLS LAST LIMIT 1',
  );
  return row?.id ?? '';
}

async function listen(query = '', headers: Readonly<Record<string, string>> = {}): Promise<EventSource> {
  const source = await EventSource.open(`${api.url}/v1/admin/events/stream${query}`, {
    ...api.admin().headers,
    ...headers,
  });
  open.push(source);
  return source;
}

const names = (events: readonly { type: string; subject: string; sequence: string }[]) =>
  events.map(({ type, subject, sequence }) => [type, subject, Number(sequence)]);

//
describe('the feed of events', () => {
  it('has everything that happened behind the cursor, oldest first, as CloudEvents', async () => {
    const before = await head();
    const id = await buy();
    expect(await feed(`?after=${before}`)).toMatchObject({ events: [], total_count: 0, has_more: false });

    await publish();
    const { events, ...page } = await feed(`?after=${before}`);

    expect(page).toEqual({ total_count: 4, limit: 20, offset: 0, has_more: false });
    const stock = (place: number) =>
      Number(events.filter(({ subject }: { subject: string }) => subject === productId)[place].sequence);
    expect(names(events)).toEqual([
      ['order.created', id, 1],
      ['stock.changed', productId, stock(0)],
      ['stock.changed', productId, stock(0) + 1],
      ['order.paid', id, 2],
    ]);
    const [created] = events;
    expect(created).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
      source: '/my/shop',
      type: 'order.created',
      subject: id,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      datacontenttype: 'application/json',
      sequence: '0000000001',
      partitionkey: id,
      traceid: expect.stringMatching(/^[0-9a-f]{32}$/),
      traceparent: `00-${created.traceid}-${created.traceparent.split('-')[2]}-00`,
      data: expect.objectContaining({
        type: 'order.created',
        order_id: id,
        user_email: 'alice@example.com',
        amount_cents: 5_000,
        items: [{ product_id: productId, qty: 2, unit_price_cents: 2_500 }],
      }),
    });
    expect(events.flatMap(({ type, data }: { type: string; data: object }) => eventFaults(type, data))).toEqual([]);
  });

  it('is read in pages, each behind the last event of the one before, without a gap or a repetition', async () => {
    const before = await head();
    await buy();
    await buy();
    await publish();
    const { events: all } = await feed(`?after=${before}`);

    const read = [];
    for (let cursor = before, more = true; more;) {
      const page = await feed(`?after=${cursor}&limit=3`);
      read.push(...page.events);
      cursor = page.events.at(-1)?.id ?? cursor;
      more = page.has_more;
    }

    expect(all).toHaveLength(8);
    expect(read).toEqual(all);
    expect((await feed(`?starting_after=${before}&limit=3`)).events).toEqual(all.slice(0, 3));
    expect((await feed(`?after=${before}&offset=6`)).events).toEqual(all.slice(6));
    expect((await feed('?limit=1')).total_count).toBeGreaterThan(8);
  });

  it.each([
    ['order.paid', ['order.paid']],
    ['order.*', ['order.created', 'order.paid']],
    ['order.created,stock.*', ['order.created', 'stock.changed', 'stock.changed']],
    ['*', ['order.created', 'stock.changed', 'stock.changed', 'order.paid']],
    ['refund.*', []],
  ])('is filtered by %s', async (filter, types) => {
    const before = await head();
    await buy();
    await publish();

    const { events, total_count } = await feed(`?after=${before}&type=${encodeURIComponent(filter)}`);

    expect(events.map(({ type }: { type: string }) => type)).toEqual(types);
    expect(total_count).toBe(types.length);
  });

  it('refuses a cursor that is not in it, so that nobody believes to have seen everything', async () => {
    await buy();
    const [pending] = await api.database.query<{ id: string }>(`SELECT id FROM outbox_events WHERE "position" IS NULL`);

    for (const cursor of [newId('evt'), pending?.id, 'evt_nope', newId('ord')]) {
      const { code, after } = await refused(`?after=${cursor}`);
      expect([code, after]).toEqual(['event_cursor_unknown', cursor]);
    }
  });

  it.each([
    '?type=order.payed',
    '?type=order',
    '?type=',
    '?type=nope.*',
    '?type=order.paid,,',
    '?limit=0',
    '?limit=101',
    '?after=',
    '?after=a&after=b',
    `?after=${newId('evt')}&starting_after=${newId('evt')}`,
    '?since=yesterday',
  ])('refuses %s', async (query) => {
    expect((await refused(query)).code).toBe('validation_failed');
  });
});

describe('the stream of events', () => {
  it('tells what happens from now on', async () => {
    await head();
    const source = await listen();
    expect([source.status, source.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(source.headers.get('cache-control')).toBe('no-store');
    expect(source.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);

    const id = await buy();
    await publish();

    const events = await source.has(4);
    expect(events.map((event) => event.id)).toEqual(events.map(({ data }) => data.id));
    expect(events.map(({ data }) => data.type)).toEqual([
      'order.created',
      'stock.changed',
      'stock.changed',
      'order.paid',
    ]);
    expect(events[0]?.data.subject).toBe(id);
    expect(source.others).toContain('retry: 2000');
  });

  it('goes on behind the last event that was seen, and then with what is new', async () => {
    const before = await head();
    const first = await listen();
    await buy();
    await publish();
    const seen = await first.has(4);
    first.close();
    await buy();
    await publish();

    const second = await listen('', { 'Last-Event-ID': seen[1]?.id ?? '' });
    await second.has(6);
    await buy();
    await publish();
    await second.has(10);

    const { events: all } = await feed(`?after=${before}`);
    expect(second.events.map(({ data }) => data)).toEqual(all.slice(2));
    const third = await listen(`?after=${before}`);
    expect((await third.has(12)).map(({ data }) => data)).toEqual(all);
  });

  it('is filtered, for each listener by himself', async () => {
    const before = await head();
    const live = await listen('?type=order.paid');
    const late = await listen(`?type=stock.*&after=${before}`);

    await buy();
    await publish();
    await buy();
    await publish();

    expect((await live.has(2)).map(({ data }) => data.type)).toEqual(['order.paid', 'order.paid']);
    expect((await late.has(4)).every(({ data }) => data.type === 'stock.changed')).toBe(true);
  });

  it('refuses a last event that is not in the feed, and a filter that means nothing', async () => {
    const unknown = newId('evt');
    const { body } = await api.admin().get(`/v1/admin/events/stream?after=${unknown}`).expect(422);

    expect([body.code, body.after]).toEqual(['event_cursor_unknown', unknown]);
    expect((await api.admin().get('/v1/admin/events/stream?type=nope').expect(422)).body.code).toBe(
      'validation_failed',
    );
  });

  it('is for admins', async () => {
    expect((await EventSource.open(`${api.url}/v1/admin/events/stream`, api.customer().headers)).status).toBe(403);
    expect((await EventSource.open(`${api.url}/v1/admin/events/stream`, {})).status).toBe(401);
  });
});

describe('events that no broker would take', () => {
  it('are listed, and replayed by an admin once', async () => {
    await buy();
    await publish();
    const [row] = await api.database.query<{ id: string; aggregate_id: string }>(
      `UPDATE outbox_events SET status = 'dead', attempts = 10, last_error = 'too large'
       WHERE id = (SELECT id FROM outbox_events WHERE type = 'order.paid' LIMIT 1) RETURNING id, aggregate_id`,
    );

    const { body: page } = await api.admin().get('/v1/admin/dead-letters').expect(200);
    expect(page).toEqual({
      dead_letters: [
        {
          ...{ id: row?.id, type: 'order.paid', subject: row?.aggregate_id, sequence: '0000000002', status: 'dead' },
          ...{ attempts: 10, last_error: 'too large', created_at: expect.stringMatching(/Z$/) },
        },
      ],
      ...{ total_count: 1, limit: 20, offset: 0, has_more: false },
    });
    const { body: metrics } = { body: (await api.http.get('/metrics').expect(200)).text };
    expect(metrics).toContain('holdfast_outbox_events{status="dead"} 1');

    const path = `/v1/admin/dead-letters/${row?.id}/replay`;
    const { body: replayed } = await api.admin().post(path).expect(202);
    expect(replayed).toMatchObject({ id: row?.id, status: 'sending', attempts: 0 });
    expect((await api.admin().post(path).expect(404)).body.code).toBe('dead_letter_not_found');
    expect((await api.admin().post('/v1/admin/dead-letters/nope/replay').expect(404)).body.code).toBe(
      'dead_letter_not_found',
    );
    expect(api.logs.named('event_replayed')).toMatchObject([{ event_id: row?.id, actor_id: 'admin_alice' }]);
    await api.database.query(`UPDATE outbox_events SET status = 'published', next_attempt_at = NULL WHERE id = $1`, [
      row?.id,
    ]);
  });
});

describe('the metrics of the outbox', () => {
  it('say what waits, for how long, and how much was published', async () => {
    const valueOf = async (name: string) => {
      const { text } = await api.http.get('/metrics').expect(200);
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')
          .at(-1),
      );
    };
    await publish();
    const published = await valueOf('holdfast_outbox_published_total');
    expect(await valueOf('holdfast_outbox_oldest_seconds')).toBe(0);
    await buy();
    await api.database.query(
      `UPDATE outbox_events SET created_at = now() - interval '1 hour' WHERE status = 'pending'`,
    );

    expect(await valueOf('holdfast_outbox_events{status="pending"}')).toBe(4);
    expect(await valueOf('holdfast_outbox_oldest_seconds')).toBeGreaterThanOrEqual(3_600);
    await publish();

    expect(await valueOf('holdfast_outbox_events{status="pending"}')).toBe(0);
    expect(await valueOf('holdfast_outbox_published_total')).toBe(published + 4);
  });
});

describe('closing', () => {
  it('ends all streams, and connections over which nothing was ever asked', async () => {
    const own = await startApi();
    const source = await EventSource.open(`${own.url}/v1/admin/events/stream`, own.admin().headers);
    await eventually(() => expect(source.others).toContain('retry: 2000'));
    const unused = connect(Number(new URL(own.url).port), '127.0.0.1');
    await once(unused, 'connect');
    const ended = once(unused, 'close');

    // Node alone would wait for its first request, for longer than a test may take.
    await own.close();

    await ended;
    await eventually(() => expect(source.isOver).toBe(true));
  });
});
