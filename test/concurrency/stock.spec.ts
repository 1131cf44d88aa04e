import { Logger } from '@nestjs/common';
import type { ReservationLine, ReserveOutcome } from '../../src/inventory/index.js';
import { newId } from '../../src/kernel/id.js';
import { together } from '../../src/platform/database/index.js';
import { useOwnDatabase } from '../support/database.js';
import { ACTOR, useInventory } from '../support/inventory.js';
import { eventually } from '../support/poll.js';
import { addProduct, type ProductOptions } from '../support/products.js';
import { useRedis } from '../support/redis.js';

describe('stock under contention', () => {
  const own = useOwnDatabase();
  const redis = useRedis();
  const inventory = useInventory(own);
  beforeEach(() => own.truncateAll());

  const query = (text: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    own.dataSource.query(text, [...parameters]);
  const product = async (options: ProductOptions): Promise<string> => (await addProduct(query, options)).id;
  const line = (productId: string, quantity: number): ReservationLine => ({ productId, quantity });

  const reserve = (orderId: string, ...items: ReservationLine[]): Promise<ReserveOutcome> =>
    inventory.database.transaction((tx) => inventory.facade.reserve(tx, ACTOR, { orderId, items, ttlSeconds: 60 }));
  const confirm = (orderId: string) =>
    inventory.database.transaction((tx) => inventory.facade.confirmForOrder(tx, ACTOR, orderId));
  const release = (orderId: string) =>
    inventory.database.transaction((tx) => inventory.facade.releaseForOrder(tx, ACTOR, orderId));

  const times = <T>(count: number, work: (place: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, place) => work(place)));
  const tally = (answers: readonly string[]) =>
    Object.fromEntries(
      [...new Set(answers)].sort().map((answer) => [answer, answers.filter((a) => a === answer).length]),
    );
  const levels = () => query('SELECT product_id, on_hand, reserved FROM stock_levels ORDER BY product_id');
  const saleCount = async () => (await query(`SELECT id FROM stock_movements WHERE kind = 'sale'`)).length;
  /** The invariants of SEMANTICS in SQL: each must find no row. */
  const violations = async () => [
    ...(await query(`SELECT product_id FROM stock_levels s
      WHERE on_hand <> (SELECT coalesce(sum(delta), 0) FROM stock_movements m WHERE m.product_id = s.product_id)`)),
    ...(await query(`SELECT product_id FROM stock_levels s WHERE reserved <> (
      SELECT coalesce(sum(l.quantity), 0) FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
      WHERE l.product_id = s.product_id AND r.status = 'active')`)),
  ];

  //
  it('gives the last 10 units to 10 of 50 buyers and tells the others', async () => {
    const mug = await product({ onHand: 10 });

    const outcomes = await times(50, () => reserve(newId('ord'), line(mug, 1)));

    expect(tally(outcomes.map(({ kind }) => kind))).toEqual({ reserved: 10, short: 40 });
    expect(outcomes.filter(({ kind }) => kind === 'short')).toEqual(
      Array(40).fill({ kind: 'short', shortages: [{ productId: mug, requested: 1, available: 0 }] }),
    );
    expect(await levels()).toEqual([{ product_id: mug, on_hand: 10, reserved: 10 }]);
    expect(await redis.client.keys('reservation:*')).toHaveLength(10);
    expect(await violations()).toEqual([]);
  });

  //
  it('lets buyers with crossed lines wait for each other instead of dying in a deadlock', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn');
    const ids = [await product({ onHand: 60 }), await product({ onHand: 60 }), await product({ onHand: 60 })];
    const crossed = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ].map((order) => order.map((at) => line(ids[at] ?? '', 1)));

    const outcomes = await times(60, async (place) => {
      const order = newId('ord');
      const { kind } = await reserve(order, ...(crossed[place % crossed.length] ?? []));
      return `${kind}, ${place % 2 === 0 ? await confirm(order) : await release(order)}`;
    });

    expect(tally(outcomes)).toEqual({ 'reserved, confirmed': 30, 'reserved, released': 30 });
    expect(warnings).not.toHaveBeenCalled();
    expect(await levels()).toEqual(ids.map((id) => ({ product_id: id, on_hand: 30, reserved: 0 })));
    expect(await violations()).toEqual([]);
    warnings.mockRestore();
  });

  //
  it('never holds a part: of buyers of two scarce products each gets both or none', async () => {
    const scarce = await product({ onHand: 7 });
    const plenty = await product({ onHand: 100 });

    const outcomes = await times(30, (place) =>
      place % 2 === 0
        ? reserve(newId('ord'), line(scarce, 2), line(plenty, 1))
        : reserve(newId('ord'), line(plenty, 1), line(scarce, 2)),
    );

    expect(tally(outcomes.map(({ kind }) => kind))).toEqual({ reserved: 3, short: 27 });
    expect(await levels()).toEqual([
      { product_id: scarce, on_hand: 7, reserved: 6 },
      { product_id: plenty, on_hand: 100, reserved: 3 },
    ]);
    expect(await violations()).toEqual([]);
  });

  //
  it.each([
    ['confirmed', confirm, { on_hand: 3, reserved: 0 }, 1],
    ['released', release, { on_hand: 5, reserved: 0 }, 0],
  ] as const)('is %s once when that is asked for several times at once', async (done, end, level, soldOnce) => {
    const mug = await product({ onHand: 5 });
    const order = newId('ord');
    await reserve(order, line(mug, 2));

    const answers = await times(8, () => end(order));

    expect(tally(answers)).toEqual({ [done]: 1, not_active: 7 });
    expect(await levels()).toEqual([{ product_id: mug, ...level }]);
    expect(await saleCount()).toBe(soldOnce);
    expect(await violations()).toEqual([]);
  });

  //
  it('is either sold or given back when both are asked for at once', async () => {
    const mug = await product({ onHand: 40 });
    const orders = Array.from({ length: 10 }, () => newId('ord'));
    for (const order of orders) await reserve(order, line(mug, 2));

    const answers = await Promise.all(orders.map((order) => Promise.all([confirm(order), release(order)])));

    const sold = answers.filter(([confirmed]) => confirmed === 'confirmed').length;
    const returned = answers.filter(([, released]) => released === 'released').length;
    expect(answers.every(([confirmed, released]) => (confirmed === 'confirmed') !== (released === 'released'))).toBe(
      true,
    );
    expect(sold + returned).toBe(10);
    expect(await levels()).toEqual([{ product_id: mug, on_hand: 40 - 2 * sold, reserved: 0 }]);
    expect(await saleCount()).toBe(sold);
    expect(await violations()).toEqual([]);
  });

  //
  it('is sold to many at once in the order of the shelf, whatever the order of their lines', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn');
    const ids = [await product({ onHand: 40 }), await product({ onHand: 40 }), await product({ onHand: 40 })];
    const orders = Array.from({ length: 40 }, () => newId('ord'));
    for (const order of orders) await reserve(order, ...ids.map((id) => line(id, 1)));

    const answers = await times(40, (place) =>
      inventory.database.transaction(async (tx) => {
        const { hold, held } = await together(tx, inventory.facade.askHold(orders[place] ?? ''));
        return inventory.facade.confirmHeld(tx, ACTOR, hold[0], place % 2 === 0 ? held : held.reverse());
      }),
    );

    expect(tally(answers)).toEqual({ confirmed: 40 });
    expect(warnings).not.toHaveBeenCalled();
    expect(await levels()).toEqual(ids.map((id) => ({ product_id: id, on_hand: 0, reserved: 0 })));
    expect(await violations()).toEqual([]);
    // Each sale is an event of its own, with the level that it left behind.
    const told = await query(
      `SELECT (payload::json ->> 'on_hand')::int AS on_hand FROM outbox_events
       WHERE aggregate_id = $1 AND type = 'stock.changed' AND payload::json ->> 'kind' = 'sale' ORDER BY version`,
      [ids[0]],
    );
    expect(told.map((event) => event['on_hand'])).toEqual(Array.from({ length: 40 }, (_, sold) => 39 - sold));
    warnings.mockRestore();
  });

  it('is sold without a wait for its level before the sale is written', async () => {
    const mug = await product({ onHand: 10 });
    const order = newId('ord');
    await reserve(order, line(mug, 2));
    const other = own.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('UPDATE stock_levels SET updated_at = now() WHERE product_id = $1', [mug]);
    let sale: Promise<string> | undefined;

    // A wait in here would end with the time that a statement may wait for a lock.
    await new Promise<void>((resolve, reject) => {
      sale = inventory.database.transaction(async (tx) => {
        const { hold, held } = await together(tx, inventory.facade.askHold(order));
        resolve();
        return inventory.facade.confirmHeld(tx, ACTOR, hold[0], held);
      });
      sale.catch(reject);
    });
    await other.commitTransaction();
    await other.release();

    expect(await sale).toBe('confirmed');
    expect(await levels()).toEqual([{ product_id: mug, on_hand: 8, reserved: 0 }]);
    expect(await violations()).toEqual([]);
  });

  describe('while another transaction has changed a level and not committed', () => {
    /** Reserves three mugs; the other commits once that waits for it. */
    async function reserveBeside(level: { onHand: number; reserved: number }, reservedByOther: number) {
      const mug = await product({ onHand: level.onHand });
      await query('UPDATE stock_levels SET reserved = $1', [level.reserved]);
      const other = own.dataSource.createQueryRunner();
      await other.startTransaction();
      await other.query('UPDATE stock_levels SET reserved = $1', [reservedByOther]);

      const outcome = reserve(newId('ord'), line(mug, 3));
      await eventually(async () => {
        const waiting = await query(`SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`);
        expect(waiting).toHaveLength(1);
      });
      await other.commitTransaction();
      await other.release();
      return { mug, outcome: await outcome };
    }

    //
    it('takes nothing that the other has taken, and tells what is left', async () => {
      const { mug, outcome } = await reserveBeside({ onHand: 5, reserved: 0 }, 4);

      expect(outcome).toEqual({ kind: 'short', shortages: [{ productId: mug, requested: 3, available: 1 }] });
      expect(await levels()).toEqual([{ product_id: mug, on_hand: 5, reserved: 4 }]);
      expect(await query('SELECT id FROM reservations')).toEqual([]);
    });

    it('takes what the other has left', async () => {
      const { mug, outcome } = await reserveBeside({ onHand: 5, reserved: 0 }, 2);

      expect(outcome.kind).toBe('reserved');
      expect(await levels()).toEqual([{ product_id: mug, on_hand: 5, reserved: 5 }]);
    });

    it('turns nobody away before it is clear that the other gives nothing back', async () => {
      const { mug, outcome } = await reserveBeside({ onHand: 5, reserved: 5 }, 1);

      expect(outcome.kind).toBe('reserved');
      expect(await levels()).toEqual([{ product_id: mug, on_hand: 5, reserved: 4 }]);
    });
  });

  it('accepts one of several counts that began with the same books', async () => {
    const mug = await product({ onHand: 10 });

    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, place) =>
        inventory.database.transaction((tx) =>
          inventory.ledger.count(tx, ACTOR, mug, { onHand: 20 + place, expectedOnHand: 10 }),
        ),
      ),
    );

    const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.onHand] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(accepted).toHaveLength(1);
    expect(tally(refused)).toEqual({ stock_changed: 7 });
    expect(await levels()).toEqual([{ product_id: mug, on_hand: accepted[0], reserved: 0 }]);
    expect(await violations()).toEqual([]);
  });

  it('opens one level for a product that is first counted by several at once', async () => {
    const mug = await product({});

    const outcomes = await times(8, () =>
      inventory.database.transaction((tx) => inventory.ledger.count(tx, ACTOR, mug, { onHand: 5 })),
    );

    expect(outcomes).toEqual(Array(8).fill({ productId: mug, onHand: 5, reserved: 0 }));
    expect(await query('SELECT delta FROM stock_movements')).toEqual([{ delta: 5 }]);
  });
});
