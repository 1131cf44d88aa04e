import pg from 'pg';
import { ExpireHold } from '../../src/checkout/use-cases/expire-hold.js';
import { ExpireHolds } from '../../src/checkout/use-cases/expire-holds.js';
import { ExpireReservations } from '../../src/checkout/use-cases/expire-reservations.use-case.js';
import type { DueReservation } from '../../src/inventory/index.js';
import { Database } from '../../src/platform/database/index.js';
import { ShippingFacade } from '../../src/shipping/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { eventFaults, type OutboxRow } from '../support/events.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { rowsAbout } from '../support/rows-about.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { recordStatements } from '../support/statements.js';
import { buyCart, cancel, freshKey, type Line, order, recordPayment, settle, stockOf } from '../support/storefront.js';
import { stripeControl } from '../support/stripe-control.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('no sandbox');
  await stripeControl(api.sandbox).dropWebhooks(`${api.url}/v1/webhooks/stripe`, 'whsec_unused');
});
beforeEach(async () => {
  await api.database.truncateAll();
  await api.redis.flushdb();
  api.logs.clear();
});
afterEach(() => expectInvariants(api.database));
afterAll(() => api.close());

const find = <Part>(part: abstract new (...parts: never[]) => Part): Part => api.app.get<Part>(part, { strict: false });
const expire = (): Promise<number> => find(ExpireReservations).execute();
const expireTogether = (due: readonly DueReservation[]) =>
  find(Database).transaction((tx) => find(ExpireHolds).execute(tx, due));

/** An order whose money is to come another way: nobody began to pay it. */
async function unpaid(lines: readonly Line[], address = true, buyer = api.customer()): Promise<string> {
  const body = { provider: 'manual', ...(address ? { shipping_address: US_ADDRESS } : {}) };
  const answer = await order(buyer, lines, body).expect(201);
  return answer.body.id;
}

async function openIntent(lines: readonly Line[]): Promise<string> {
  const { body } = await buyCart(api.customer(), lines);
  return body.id;
}

async function reserve(product: string, quantity: number): Promise<string> {
  const items = [{ product_id: product, quantity }];
  const answer = await api.internal().post('/v1/inventory/reservations', { reference: freshKey(), items }).expect(201);
  return answer.body.id;
}

/** The time of every hold is over. Answers those holds, as a worker finds them. */
async function runOut(): Promise<DueReservation[]> {
  const due = await api.database.query<{ id: DueReservation['id']; order_id: DueReservation['orderId'] }>(
    `UPDATE reservations SET expires_at = now() - interval '1 second', expiry_retry_at = NULL WHERE status = 'active'
     RETURNING id, order_id`,
  );
  return due.map(({ id, order_id }) => ({ id, orderId: order_id }));
}

async function statusOf(orderId: string): Promise<unknown> {
  const [row] = await api.database.query('SELECT status, cancel_reason FROM orders WHERE id = $1', [orderId]);
  return row && [row['status'], row['cancel_reason']];
}

const EXPIRED = ['cancelled', 'reservation_expired'];
const WAITING = ['created', null];

async function toldOf(subject: string): Promise<Record<string, unknown>[]> {
  const rows = await api.database.query<OutboxRow>(
    'SELECT * FROM outbox_events WHERE aggregate_id = $1 ORDER BY version',
    [subject],
  );
  expect(rows.flatMap(({ type, payload }) => eventFaults(type, JSON.parse(payload)))).toEqual([]);
  return rows.map(({ payload }) => JSON.parse(payload));
}

//
describe('holds that end at the same time', () => {
  it('leave the same rows together as one by one', async () => {
    const [mug, cup] = [await stockedProduct(api, { onHand: 20 }), await stockedProduct(api, { onHand: 9 })];
    const [pot, jug] = [await stockedProduct(api, { onHand: 20 }), await stockedProduct(api, { onHand: 9 })];
    const lines = (first: string, second: string) => [
      { product_id: first, quantity: 3 },
      { product_id: second, quantity: 6 },
    ];
    const alone = await unpaid(lines(mug, cup));
    const together = await unpaid(lines(pot, jug));
    const due = await runOut();
    const [first, second] = [
      due.filter((hold) => hold.orderId === alone),
      due.filter((hold) => hold.orderId === together),
    ];

    const [hold] = first;
    if (!hold) throw new Error('nothing is held');
    await find(Database).transaction((tx) => find(ExpireHold).execute(tx, hold));
    const outcome = await expireTogether(second);

    expect(outcome).toEqual({ ended: 1, left: [] });
    expect(await statusOf(together)).toEqual(EXPIRED);
    const expected = await rowsAbout(api, alone, { names: { [mug]: 'first', [cup]: 'second' } });
    expect(await rowsAbout(api, together, { names: { [pot]: 'first', [jug]: 'second' } })).toEqual(expected);
    expect(Object.entries(expected).map(([table, rows]) => [table, rows.length])).toEqual([
      ['orders', 1],
      ['shipments', 1],
      ['reservations', 1],
      ['audit_entries', 2],
      // The order's two, the hold's, and of each product that it was counted, held and came back; of the second that it was low.
      ['outbox_events', 10],
      ['stock_levels', 2],
    ]);
  });

  it('are ended where the clock alone has a say, and left alone where something came between', async () => {
    const mug = await stockedProduct(api, { onHand: 50 });
    const one = [{ product_id: mug, quantity: 1 }];
    const buyer = api.customer();
    const [plain, paid] = [await unpaid(one, false), await unpaid(one)];
    const [given, busy] = [await unpaid(one, true, buyer), await unpaid(one)];
    const reference = await reserve(mug, 4);
    const committed = await reserve(mug, 5);
    const intent = await openIntent(one);
    const due = await runOut();
    await recordPayment(api.internal(), paid, 'bank-1').expect(200);
    await cancel(buyer, given).expect(200);
    await api.internal().post(`/v1/inventory/reservations/${committed}/commit`).expect(200);
    const somebody = new pg.Client({ connectionString: api.database.url });
    await somebody.connect();
    await somebody.query('BEGIN');
    await somebody.query('SELECT id FROM orders WHERE id = $1 FOR UPDATE', [busy]);

    const outcome = await expireTogether(due);
    await somebody.end();

    expect(outcome).toEqual({ ended: 2, left: [expect.objectContaining({ orderId: intent })] });
    expect(await statusOf(plain)).toEqual(EXPIRED);
    expect(await toldOf(reference)).toMatchObject([{ type: 'reservation.expired', order_id: null }]);
    expect([await statusOf(paid), await statusOf(busy), await statusOf(intent)]).toEqual([
      ['paid', null],
      WAITING,
      WAITING,
    ]);
    expect(await statusOf(given)).toEqual(['cancelled', null]);
    expect(await stockOf(api, mug)).toEqual([44, 2]);

    expect(await expire()).toBe(2);
    await settle(api, intent);
    expect([await statusOf(busy), await statusOf(intent)]).toEqual([EXPIRED, EXPIRED]);
    expect(await stockOf(api, mug)).toEqual([44, 0]);
    await expectSettled(api.database);
  });

  it('of one product tell of it in steps, each with the level after it', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const [first, second] = [
      await unpaid([{ product_id: mug, quantity: 2 }]),
      await unpaid([{ product_id: mug, quantity: 3 }]),
    ];
    const reference = await reserve(mug, 4);
    const before = (await toldOf(mug)).length;
    const due = await runOut();

    await expireTogether(due);

    const told = (await toldOf(mug)).slice(before);
    const units = new Map([
      [first, 2],
      [second, 3],
      [reference, 4],
    ]);
    expect(told.map(({ cause }) => cause).sort()).toEqual([...units.keys()].sort());
    let reserved = 9;
    for (const [step, event] of told.entries()) {
      const quantity = units.get(String(event['cause'])) ?? NaN;
      reserved -= quantity;
      expect(event).toEqual({
        ...{
          type: 'stock.changed',
          product_id: mug,
          version: before + step + 1,
          kind: 'expiry',
          cause: event['cause'],
        },
        ...{ on_hand: 10, reserved, available: 10 - reserved, on_hand_delta: 0, reserved_delta: -quantity },
      });
    }
    expect(await api.database.query('SELECT version::int, reserved::int FROM stock_levels')).toEqual([
      { version: before + 3, reserved: 0 },
    ]);
  });

  it('cost as many statements as one, and lock in the one order of the house', async () => {
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.unshift(await stockedProduct(api, { onHand: 10 }));
    for (const id of ids)
      await unpaid([
        { product_id: id, quantity: 1 },
        { product_id: ids[0] ?? '', quantity: 2 },
      ]);
    await reserve(ids[1] ?? '', 1);
    await runOut();

    const log = await recordStatements(expire);

    // Who is due, the orders, what belongs to them, the stock, and all that is written.
    expect(log.count).toBe(5);
    const locks = log.locks.filter(({ mode }) => mode === 'for update');
    expect(locks.map(({ table, skipLocked }) => [table, skipLocked])).toEqual([
      ['orders', true],
      ['reservations', true],
      ['stock_levels', false],
    ]);
    const locked = log.lockedValues('stock_levels', 'product_id');
    expect(locked).toEqual([...locked].sort());
    expect(new Set(locked)).toEqual(new Set(ids));
  });

  it('take their signs out of Redis and their audit entries into the log', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const orders = [await unpaid([{ product_id: mug, quantity: 1 }]), await unpaid([{ product_id: mug, quantity: 1 }])];
    await reserve(mug, 1);
    await runOut();
    const shown = await api.redis.keys('reservation:*');
    api.logs.clear();

    await expire();

    expect(shown).toHaveLength(3);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
    const lines = api.logs.named('audit_entry_created');
    expect(lines.map((line) => line['order_id']).sort()).toEqual(orders.sort());
    expect(lines).toEqual(
      lines.map(() => expect.objectContaining({ event_type: 'order_cancelled', actor_id: 'system:expiry' })),
    );
  });

  it('are ended one by one where together they cannot be', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const orders = [await unpaid([{ product_id: mug, quantity: 1 }]), await unpaid([{ product_id: mug, quantity: 1 }])];
    await runOut();
    const failure = jest
      .spyOn(find(ShippingFacade), 'cancelAll')
      .mockRejectedValueOnce(new Error('one of them is odd'));

    const decided = await expire();

    expect(failure).toHaveBeenCalledTimes(1);
    failure.mockRestore();
    expect(decided).toBe(2);
    expect([await statusOf(orders[0] ?? ''), await statusOf(orders[1] ?? '')]).toEqual([EXPIRED, EXPIRED]);
    expect(await stockOf(api, mug)).toEqual([10, 0]);
    expect(api.logs.named('reservations_not_expired_together')).toMatchObject([{ count: 2 }]);
  });

  it('are ended once each, however many there are and however many workers look', async () => {
    const [mug, cup] = [await stockedProduct(api, { onHand: 500 }), await stockedProduct(api, { onHand: 500 })];
    const lines = [
      { product_id: cup, quantity: 1 },
      { product_id: mug, quantity: 1 },
    ];
    const buyers = Array.from({ length: 10 }, async () => {
      for (let count = 0; count < 25; count += 1) await unpaid(lines, false);
    });
    await Promise.all(buyers);
    await runOut();

    const decided = await Promise.all([expire(), expire(), expire()]);

    expect(decided.reduce((sum, count) => sum + count)).toBe(250);
    expect([await stockOf(api, mug), await stockOf(api, cup)]).toEqual([
      [500, 0],
      [500, 0],
    ]);
    const entries = await api.database.query(
      `SELECT count(*)::int AS entries, count(DISTINCT order_id)::int AS orders FROM audit_entries
       WHERE event_type = 'order_cancelled'`,
    );
    expect(entries).toEqual([{ entries: 250, orders: 250 }]);
    const events = await api.database.query(
      `SELECT count(*)::int AS events FROM outbox_events WHERE type IN ('order.cancelled', 'reservation.expired')`,
    );
    expect(events).toEqual([{ events: 500 }]);
  }, 60_000);
});
