import pg from 'pg';
import { PaymentFacts } from '../../src/checkout/index.js';
import { Database } from '../../src/platform/database/index.js';
import type { WebhookEvent } from '../../src/webhooks/inbound/domain/webhook-event.js';
import { WebhookEventRepository } from '../../src/webhooks/inbound/persistence/webhook-event.repository.js';
import { startApi, type TestApi } from '../support/api.js';
import { eventFaults, type OutboxRow } from '../support/events.js';
import { deliver, inboxRow, intentEvent, type StripeEvent, workAll, workInbox } from '../support/inbox.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { OF_ORDER, rowsAbout } from '../support/rows-about.js';
import { stockedProduct } from '../support/shop.js';
import { recordStatements } from '../support/statements.js';
import { buyCart, eventTypes, intentOf, type Line, type SandboxIntent, stockOf } from '../support/storefront.js';
import { stripeControl } from '../support/stripe-control.js';

interface OpenOrder {
  readonly id: string;
  readonly intent: SandboxIntent;
  /** That it was paid. */
  readonly event: StripeEvent;
}

let api: TestApi;
let together: jest.SpiedFunction<PaymentFacts['applyTogether']>;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('no sandbox');
  // Every event in this file is made by hand.
  await stripeControl(api.sandbox).dropWebhooks(`${api.url}/v1/webhooks/stripe`, 'whsec_unused');
});
beforeEach(async () => {
  await api.database.truncateAll();
  await api.redis.flushdb();
  api.logs.clear();
  together = jest.spyOn(find(PaymentFacts), 'applyTogether');
});
afterEach(async () => {
  together.mockRestore();
  await expectInvariants(api.database);
});
afterAll(() => api.close());

const find = <Part>(part: abstract new (...parts: never[]) => Part): Part => api.app.get<Part>(part, { strict: false });
const one = (product: string, quantity = 1): Line[] => [{ product_id: product, quantity }];

/** An order that waits for its buyer to pay at Stripe. */
async function open(lines: readonly Line[]): Promise<OpenOrder> {
  const { body } = await buyCart(api.customer(), lines);
  const intent = await intentOf(api, body.id);
  return { id: body.id, intent, event: intentEvent(intent, 'succeeded') };
}

async function store(...events: readonly StripeEvent[]): Promise<void> {
  for (const event of events) await deliver(api, event).expect(200, { received: true });
}

async function statusOf(orderId: string): Promise<unknown> {
  const [row] = await api.database.query('SELECT status, payment_status FROM orders WHERE id = $1', [orderId]);
  return row && [row['status'], row['payment_status']];
}

const outcomeOf = async ({ id }: StripeEvent): Promise<unknown> => {
  const { status, attempts } = await inboxRow(api, id);
  return [status, attempts];
};

/** What became of the events that were worked on together, by their ids, transaction by transaction. */
async function doneTogether(): Promise<Record<string, string>[]> {
  const outcomes = await Promise.all(together.mock.results.map(({ value }) => Promise.resolve(value).catch(() => [])));
  return outcomes.map((each: Awaited<ReturnType<PaymentFacts['applyTogether']>>) =>
    Object.fromEntries([...each].map(([{ actor }, outcome]) => [actor.traceId, outcome])),
  );
}

async function toldOf(subject: string): Promise<Record<string, unknown>[]> {
  const rows = await api.database.query<OutboxRow>(
    'SELECT * FROM outbox_events WHERE aggregate_id = $1 ORDER BY version',
    [subject],
  );
  expect(rows.flatMap(({ type, payload }) => eventFaults(type, JSON.parse(payload)))).toEqual([]);
  return rows.map(({ payload }) => JSON.parse(payload));
}

async function somebody<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: api.database.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const untilSomebodyWaits = (): Promise<void> =>
  eventually(async () => {
    const waiting = await api.database.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(waiting).toHaveLength(1);
  });

const PAID = ['paid', 'paid'];
const TABLES = {
  ...OF_ORDER,
  payments: 'order_id = $1',
  payment_attempts: 'payment_id IN (SELECT id FROM payments WHERE order_id = $1)',
  stock_movements: 'cause = $1',
};

//
describe('webhooks by which buyers have paid', () => {
  it('leave the same rows together as one by one', async () => {
    const lines = async (): Promise<Line[]> => [
      ...one(await stockedProduct(api, { onHand: 20 }), 3),
      ...one(await stockedProduct(api, { onHand: 9 }), 6),
    ];
    const shelves = [await lines(), await lines(), await lines()];
    const [alone, first, second] = [
      await open(shelves[0] ?? []),
      await open(shelves[1] ?? []),
      await open(shelves[2] ?? []),
    ];

    await store(alone.event);
    await workInbox(api);
    await store(first.event, second.event);
    await workInbox(api);

    expect(await doneTogether()).toEqual([{ [first.event.id]: 'applied', [second.event.id]: 'applied' }]);
    const bare = ({ id, intent, event }: OpenOrder, shelf: readonly Line[] | undefined) =>
      rowsAbout(api, id, {
        tables: TABLES,
        names: {
          ...{ [intent.id]: 'the intent', [event.id]: 'the event' },
          ...Object.fromEntries((shelf ?? []).map(({ product_id }, place) => [product_id, `product ${place}`])),
        },
      });
    const expected = await bare(alone, shelves[0]);
    expect([await bare(first, shelves[1]), await bare(second, shelves[2])]).toEqual([expected, expected]);
    expect(Object.entries(expected).map(([table, rows]) => [table, rows.length])).toEqual([
      ...[
        ['orders', 1],
        ['shipments', 1],
        ['reservations', 1],
        ['audit_entries', 2],
      ],
      // The order's two, and of each product that it was counted, held and sold; of the second that it was low.
      ['outbox_events', 9],
      ...[
        ['stock_levels', 2],
        ['payments', 1],
        ['payment_attempts', 1],
        ['stock_movements', 2],
      ],
    ]);
    expect(await statusOf(first.id)).toEqual(PAID);
    await expectSettled(api.database);
  });

  it('are applied together where nothing stands against it, and else each for itself', async () => {
    const mug = await stockedProduct(api, { onHand: 50 });
    const [first, second] = [await open(one(mug)), await open(one(mug))];
    const [short, busy, ended] = [await open(one(mug)), await open(one(mug)), await open(one(mug))];
    const paidLess = intentEvent({ ...short.intent, amount: 100 }, 'succeeded');
    const unknown = intentEvent({ ...short.intent, id: 'pi_of_nobody', metadata: {} }, 'succeeded');
    const declined = intentEvent(ended.intent, 'payment_failed');
    await store(paidLess, unknown, first.event, declined, busy.event, second.event);

    await somebody(async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [busy.id]);
      const work = workInbox(api);
      await untilSomebodyWaits();
      await client.query('ROLLBACK');
      await work;
    });

    expect(await doneTogether()).toEqual([{ [first.event.id]: 'applied', [second.event.id]: 'applied' }]);
    expect(await Promise.all([first, second, busy].map(({ id }) => statusOf(id)))).toEqual([PAID, PAID, PAID]);
    expect(await statusOf(short.id)).toEqual(['created', 'review']);
    expect(await statusOf(ended.id)).toEqual(['payment_failed', 'failed']);
    expect(await outcomeOf(unknown)).toEqual(['deferred', 1]);
    for (const event of [paidLess, first.event, declined, busy.event, second.event]) {
      expect(await outcomeOf(event)).toEqual(['processed', 1]);
    }
    expect(await stockOf(api, mug)).toEqual([47, 1]);
  });

  it('are left alone while a call of ours to Stripe waits for its answer', async () => {
    const mug = await stockedProduct(api, { onHand: 50 });
    const [first, second, called] = [await open(one(mug)), await open(one(mug)), await open(one(mug))];
    await api.database.query(
      `UPDATE payment_attempts SET outcome = 'unknown', answered_at = NULL
       WHERE payment_id = (SELECT id FROM payments WHERE order_id = $1)`,
      [called.id],
    );
    await store(called.event, first.event, second.event);

    await workInbox(api);

    expect(await doneTogether()).toEqual([{ [first.event.id]: 'applied', [second.event.id]: 'applied' }]);
    expect(await statusOf(called.id)).toEqual(PAID);
    const outcomes = await api.database.query('SELECT DISTINCT outcome FROM payment_attempts');
    expect(outcomes).toEqual([{ outcome: 'accepted' }]);
  });

  it('sell an order once, however many of them say that it was paid, and what is old news with them', async () => {
    const mug = await stockedProduct(api, { onHand: 50 });
    const [first, second] = [await open(one(mug, 2)), await open(one(mug, 3))];
    const [created, again, late] = [
      intentEvent(first.intent, 'created'),
      intentEvent(first.intent, 'succeeded'),
      intentEvent(first.intent, 'payment_failed'),
    ];
    await store(created, first.event, again, second.event, late);

    await workInbox(api);

    expect(await doneTogether()).toEqual([
      {
        ...{ [created.id]: 'old_news', [first.event.id]: 'applied', [again.id]: 'old_news' },
        ...{ [second.event.id]: 'applied', [late.id]: 'old_news' },
      },
    ]);
    expect(await eventTypes(api, first.id)).toEqual(['order_created', 'order_paid']);
    for (const event of [created, first.event, again, second.event, late]) {
      expect(await outcomeOf(event)).toEqual(['processed', 1]);
    }
    const logged = api.logs.named('webhook_processed').map((line) => [line['provider_event_id'], line['outcome']]);
    expect(Object.fromEntries(logged)).toEqual((await doneTogether())[0]);
    expect(await stockOf(api, mug)).toEqual([45, 0]);
  });

  it('are left alone where they come after something that is', async () => {
    const mug = await stockedProduct(api, { onHand: 50 });
    const [first, second] = [await open(one(mug)), await open(one(mug))];
    const declined = intentEvent(first.intent, 'payment_failed');
    // Not before the decline, whose second may be a later one than that of the order.
    const paid = intentEvent(first.intent, 'succeeded', declined.created);
    await store(declined, paid, second.event);

    await workInbox(api);

    expect(await doneTogether()).toEqual([{ [second.event.id]: 'applied' }]);
    expect(await eventTypes(api, first.id)).toEqual(['order_created', 'order_payment_failed', 'order_paid']);
    expect(await stockOf(api, mug)).toEqual([48, 0]);
  });

  it('of one product tell of it in steps, each with the level after it', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const [first, second] = [await open(one(mug, 2)), await open(one(mug, 3))];
    const before = (await toldOf(mug)).length;
    await store(first.event, second.event);

    await workInbox(api);

    const step = { type: 'stock.changed', product_id: mug, kind: 'sale' };
    expect((await toldOf(mug)).slice(before)).toEqual([
      {
        ...{ ...step, version: before + 1, cause: first.id },
        ...{ on_hand: 8, reserved: 3, available: 5, on_hand_delta: -2, reserved_delta: -2 },
      },
      {
        ...{ ...step, version: before + 2, cause: second.id },
        ...{ on_hand: 5, reserved: 0, available: 5, on_hand_delta: -3, reserved_delta: -3 },
      },
    ]);
    expect(await api.database.query('SELECT version::int, on_hand::int, reserved::int FROM stock_levels')).toEqual([
      { version: before + 2, on_hand: 5, reserved: 0 },
    ]);
  });

  it('take what was held of a level that another transaction changes meanwhile', async () => {
    const [mug, cup] = [await stockedProduct(api, { onHand: 10 }), await stockedProduct(api, { onHand: 10 })];
    const [first, second] = [await open([...one(mug, 2), ...one(cup, 2)]), await open(one(mug, 3))];
    const before = (await toldOf(mug)).length;
    await store(first.event, second.event);

    await somebody(async (client) => {
      await client.query('BEGIN');
      await client.query('UPDATE stock_levels SET on_hand = on_hand + 5, version = version + 1 WHERE product_id = $1', [
        mug,
      ]);
      await client.query(
        `INSERT INTO stock_movements (id, product_id, delta, kind, cause, reason)
         VALUES ('mov_00000000000000000000000000', $1, 5, 'restock', 'delivery', 'found')`,
        [mug],
      );
      const work = workInbox(api);
      await untilSomebodyWaits();
      await client.query('COMMIT');
      await work;
    });

    expect(await doneTogether()).toEqual([{ [first.event.id]: 'applied', [second.event.id]: 'applied' }]);
    expect([await stockOf(api, mug), await stockOf(api, cup)]).toEqual([
      [10, 0],
      [8, 0],
    ]);
    expect((await toldOf(mug)).slice(before)).toMatchObject([
      { version: before + 2, on_hand: 13, reserved: 3 },
      { version: before + 3, on_hand: 10, reserved: 0 },
    ]);
  });

  it('lock stock in the order of the shelf, in whatever order they came', async () => {
    const [low = '', high = ''] = [await stockedProduct(api), await stockedProduct(api)].sort();
    const orders = [await open(one(high)), await open(one(low)), await open(one(high))];
    await store(...orders.map(({ event }) => event));

    await somebody(async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM stock_levels WHERE product_id = $1 FOR UPDATE', [low]);
      const work = workInbox(api);
      await untilSomebodyWaits();
      // Nobody has this one yet, or it would be refused.
      await client.query('SELECT FROM stock_levels WHERE product_id = $1 FOR UPDATE NOWAIT', [high]);
      await client.query('ROLLBACK');
      await work;
    });

    expect(await Promise.all(orders.map(({ id }) => statusOf(id)))).toEqual([PAID, PAID, PAID]);
  });

  it('cost as many statements as one, and lock in the one order of the house', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift(await stockedProduct(api, { onHand: 10 }));
    for (const id of ids) await store((await open([...one(id), ...one(ids[0] ?? '', 2)])).event);

    const log = await recordStatements(() => workInbox(api));

    // Which were taken. Of those the events, their payments, the orders, the payments again, what belongs to them, all that is
    // written, and the stock. That no others are there, fresh or not.
    expect(log.count).toBe(1 + 7 + 2);
    const locks = log.locks.filter(({ mode }) => mode === 'for update').slice(1, -2);
    expect(locks.map(({ table, skipLocked }) => [table, skipLocked])).toEqual([
      ['webhook_events', true],
      ['orders', true],
      ['payments', true],
      // Nobody else can have them: their orders are locked.
      ['reservations', false],
      ['stock_levels', false],
    ]);
  });

  it('take the signs of their holds out of Redis, and say what came of them', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const orders = [await open(one(mug)), await open(one(mug))];
    await store(...orders.map(({ event }) => event));
    const shown = await api.redis.keys('reservation:*');
    api.logs.clear();

    await workInbox(api);

    expect(shown).toHaveLength(2);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
    const events = orders.map(({ event }) => event.id).sort();
    const processed = api.logs.named('webhook_processed');
    expect(processed.map((line) => line['provider_event_id']).sort()).toEqual(events);
    expect(processed).toEqual(processed.map(() => expect.objectContaining({ outcome: 'applied' })));
    const entries = api.logs.named('audit_entry_created');
    expect(entries.map((line) => line['trace_id']).sort()).toEqual(events);
    expect(entries).toEqual(entries.map(() => expect.objectContaining({ actor_id: 'system:stripe' })));
  });

  it('are applied one by one where together they cannot be', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const [sound, broken] = [await open(one(mug)), await open(one(mug))];
    await store(broken.event, sound.event);
    await api.database.query(`CREATE FUNCTION refuse_order() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'this order is broken'; END $$`);
    await api.database.query(`CREATE TRIGGER broken BEFORE UPDATE ON orders FOR EACH ROW
      WHEN (OLD.id = '${broken.id}') EXECUTE FUNCTION refuse_order()`);

    await workInbox(api);
    await api.database.query('DROP TRIGGER broken ON orders');
    await api.database.query('DROP FUNCTION refuse_order()');

    expect([await statusOf(sound.id), await statusOf(broken.id)]).toEqual([PAID, ['created', 'unpaid']]);
    expect([await outcomeOf(sound.event), await outcomeOf(broken.event)]).toEqual([
      ['processed', 1],
      ['received', 1],
    ]);
    expect(api.logs.named('webhooks_not_applied_together')).toMatchObject([{ count: 2 }]);
    expect(await stockOf(api, mug)).toEqual([9, 1]);
  });

  it('do nothing about an event that was taken over', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const events = [await open(one(mug)), await open(one(mug))].map(({ event }) => event);
    await store(...events);
    const [inbox, database] = [find(WebhookEventRepository), find(Database)];
    const taken = await database.transaction((tx) => inbox.takeFresh(tx, 8, 20));
    const byId = (id: string | undefined) => taken.find(({ providerEventId }) => providerEventId === id);
    const [kept, lost] = [byId(events[0]?.id), byId(events[1]?.id)];
    await api.database.query('UPDATE webhook_events SET attempts = 2 WHERE id = $1', [lost?.id]);

    const locked = await database.transaction((tx) => inbox.lockAllTaken(tx, taken satisfies readonly WebhookEvent[]));

    expect([...locked]).toEqual([kept?.id]);
  });

  it('are applied once each, however many there are, however many workers work and whoever buys', async () => {
    const [mug, cup] = [await stockedProduct(api, { onHand: 500 }), await stockedProduct(api, { onHand: 500 })];
    const crossed = [
      [...one(mug), ...one(cup)],
      [...one(cup), ...one(mug)],
    ];
    const buyers = Array.from({ length: 6 }, async (_, place) => {
      const orders: OpenOrder[] = [];
      for (let count = 0; count < 20; count += 1) orders.push(await open(crossed[place % 2] ?? []));
      return orders;
    });
    const orders = (await Promise.all(buyers)).flat();
    await Promise.all(orders.map(({ event }) => deliver(api, event).expect(200)));

    const buying = Array.from({ length: 4 }, async (_, place) => {
      for (let count = 0; count < 10; count += 1) await buyCart(api.customer(), crossed[place % 2] ?? []);
    });
    await Promise.all([workInbox(api), workInbox(api), workInbox(api), ...buying]);
    await workAll(api);

    expect([await stockOf(api, mug), await stockOf(api, cup)]).toEqual([
      [380, 40],
      [380, 40],
    ]);
    const entries = await api.database.query(
      `SELECT count(*)::int AS entries, count(DISTINCT order_id)::int AS orders FROM audit_entries
       WHERE event_type = 'order_paid'`,
    );
    expect(entries).toEqual([{ entries: 120, orders: 120 }]);
    const outcomes = (await doneTogether()).flatMap((each) => Object.values(each));
    expect(outcomes.filter((outcome) => outcome === 'applied').length).toBeGreaterThan(60);
    expect([...api.logs.named('transaction_rerun'), ...api.logs.named('webhooks_not_applied_together')]).toEqual([]);
  }, 60_000);
});
