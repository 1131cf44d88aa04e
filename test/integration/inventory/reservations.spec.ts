import type { ReservationLine, ReserveOutcome } from '../../../src/inventory/index.js';
import { newId } from '../../../src/kernel/id.js';
import { useOwnDatabase } from '../../support/database.js';
import { ACTOR, useInventory } from '../../support/inventory.js';
import { addProduct, type ProductOptions } from '../../support/products.js';
import { useRedis } from '../../support/redis.js';
import { recordStatements } from '../../support/statements.js';

const TTL_SECONDS = 900;

//
describe('a reservation', () => {
  const own = useOwnDatabase();
  const redis = useRedis();
  const inventory = useInventory(own);
  beforeEach(() => own.truncateAll());

  const query = (text: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    own.dataSource.query(text, [...parameters]);
  const product = async (options: ProductOptions): Promise<string> => (await addProduct(query, options)).id;
  const line = (productId: string, quantity: number): ReservationLine => ({ productId, quantity });

  const reserve = (orderId: string, ...items: ReservationLine[]): Promise<ReserveOutcome> =>
    inventory.database.transaction((tx) =>
      inventory.facade.reserve(tx, ACTOR, { orderId, items, ttlSeconds: TTL_SECONDS }),
    );
  const confirm = (orderId: string) =>
    inventory.database.transaction((tx) => inventory.facade.confirmForOrder(tx, ACTOR, orderId));
  const release = (orderId: string) =>
    inventory.database.transaction((tx) => inventory.facade.releaseForOrder(tx, ACTOR, orderId));

  const levels = () => query('SELECT product_id, on_hand, reserved FROM stock_levels ORDER BY product_id');
  const sales = () =>
    query(`SELECT product_id, delta, cause, reason FROM stock_movements WHERE kind = 'sale' ORDER BY product_id`);
  const stored = async () => ({
    levels: await levels(),
    movements: await query('SELECT * FROM stock_movements ORDER BY id'),
    reservations: await query('SELECT * FROM reservations ORDER BY id'),
    lines: await query('SELECT * FROM reservation_lines ORDER BY reservation_id, product_id'),
  });

  it('raises what is reserved, keeps its lines, and shows itself in Redis', async () => {
    const mug = await product({ onHand: 5 });
    const cup = await product({ onHand: 9, reserved: 4 });
    const order = newId('ord');

    const [before] = await query('SELECT clock_timestamp() AS now');
    const outcome = await reserve(order, line(cup, 2), line(mug, 5));
    const [after] = await query('SELECT clock_timestamp() AS now');

    if (outcome.kind !== 'reserved') throw new Error('short');
    expect(outcome.reservationId).toMatch(/^rsv_/);
    expect(outcome.expiresAt.getTime()).toBeGreaterThanOrEqual(Number(before?.['now']) + TTL_SECONDS * 1_000);
    expect(outcome.expiresAt.getTime()).toBeLessThanOrEqual(Number(after?.['now']) + TTL_SECONDS * 1_000);
    expect(await levels()).toEqual([
      { product_id: mug, on_hand: 5, reserved: 5 },
      { product_id: cup, on_hand: 9, reserved: 6 },
    ]);
    expect(await stored()).toMatchObject({
      reservations: [
        {
          id: outcome.reservationId,
          order_id: order,
          reference: null,
          status: 'active',
          expires_at: outcome.expiresAt,
        },
      ],
      lines: [
        { reservation_id: outcome.reservationId, product_id: mug, quantity: 5 },
        { reservation_id: outcome.reservationId, product_id: cup, quantity: 2 },
      ],
    });
    expect(await sales()).toEqual([]);
    expect(await redis.client.get(`reservation:${outcome.reservationId}`)).toBe(order);
    const ttl = await redis.client.ttl(`reservation:${outcome.reservationId}`);
    expect(ttl).toBeGreaterThan(TTL_SECONDS - 10);
    expect(ttl).toBeLessThanOrEqual(TTL_SECONDS);
  });

  it('can be held for another service under its own reference', async () => {
    const mug = await product({ onHand: 5 });

    const outcome = await inventory.database.transaction((tx) =>
      inventory.facade.reserve(tx, ACTOR, { reference: 'pos-7', items: [line(mug, 1)], ttlSeconds: 60 }),
    );

    if (outcome.kind !== 'reserved') throw new Error('short');
    expect((await stored()).reservations).toMatchObject([{ order_id: null, reference: 'pos-7', status: 'active' }]);
    expect(await redis.client.get(`reservation:${outcome.reservationId}`)).toBe('pos-7');
  });

  it('counts two lines of one product together', async () => {
    const mug = await product({ onHand: 5 });

    const short = await reserve(newId('ord'), line(mug, 3), line(mug, 3));
    const held = await reserve(newId('ord'), line(mug, 2), line(mug, 3));

    expect(short).toEqual({ kind: 'short', shortages: [{ productId: mug, requested: 6, available: 5 }] });
    expect(held.kind).toBe('reserved');
    expect(await levels()).toEqual([{ product_id: mug, on_hand: 5, reserved: 5 }]);
  });

  it('is not made at all when one of several lines is short: every short line is listed, nothing is written', async () => {
    const enough = await product({ onHand: 10 });
    const few = await product({ onHand: 4, reserved: 3 });
    const never = await product({});
    const before = await stored();

    const outcome = await reserve(newId('ord'), line(never, 1), line(few, 2), line(enough, 10));

    expect(outcome).toEqual({
      kind: 'short',
      shortages: [
        { productId: few, requested: 2, available: 1 },
        { productId: never, requested: 1, available: 0 },
      ],
    });
    expect(await stored()).toEqual(before);
    expect(await redis.client.keys('reservation:*')).toEqual([]);
  });

  it('leaves nothing behind, in Redis neither, when the transaction around it fails', async () => {
    const mug = await product({ onHand: 5 });
    const before = await stored();

    const failing = inventory.database.transaction(async (tx) => {
      await inventory.facade.reserve(tx, ACTOR, { orderId: newId('ord'), items: [line(mug, 1)], ttlSeconds: 60 });
      throw new Error('no order after all');
    });

    await expect(failing).rejects.toThrow('no order after all');
    expect(await stored()).toEqual(before);
    expect(await redis.client.keys('reservation:*')).toEqual([]);
  });

  it('cannot be made twice for one order', async () => {
    const mug = await product({ onHand: 5 });
    const order = newId('ord');
    await reserve(order, line(mug, 1));
    const before = await stored();

    await expect(reserve(order, line(mug, 1))).rejects.toThrow('reservations_active_order_key');
    expect(await stored()).toEqual(before);
  });

  //
  it('locks the stock rows by ascending product id, with two statements for any number of lines', async () => {
    const ids: string[] = [];
    for (let place = 0; place < 12; place += 1) ids.push(await product({ onHand: 5 }));

    const few = await recordStatements(() => reserve(newId('ord'), line(ids[1] ?? '', 1), line(ids[0] ?? '', 1)));
    const many = await recordStatements(() => reserve(newId('ord'), ...[...ids].reverse().map((id) => line(id, 1))));

    expect(many.locks[0]).toMatchObject({ table: 'stock_levels', mode: 'for update', skipLocked: false });
    expect(many.locks[0]?.text).toContain('ORDER BY product_id FOR UPDATE OF stock');
    expect([few.count, many.count]).toEqual([2, 2]);
  });

  describe('that is confirmed', () => {
    it('takes the units off the shelf for good, with one sale a product in the ledger', async () => {
      const mug = await product({ onHand: 5 });
      const cup = await product({ onHand: 9, reserved: 4 });
      const order = newId('ord');
      const outcome = await reserve(order, line(mug, 5), line(cup, 2));

      const answer = await confirm(order);

      expect(answer).toBe('confirmed');
      expect(await levels()).toEqual([
        { product_id: mug, on_hand: 0, reserved: 0 },
        { product_id: cup, on_hand: 7, reserved: 4 },
      ]);
      expect(await sales()).toEqual([
        { product_id: mug, delta: -5, cause: order, reason: null },
        { product_id: cup, delta: -2, cause: order, reason: null },
      ]);
      expect((await stored()).reservations).toMatchObject([{ status: 'confirmed', settled_at: expect.any(Date) }]);
      expect(outcome.kind).toBe('reserved');
      expect(await redis.client.keys('reservation:*')).toEqual([]);
    });

    it('is sold once, whatever comes after', async () => {
      const mug = await product({ onHand: 5 });
      const order = newId('ord');
      await reserve(order, line(mug, 2));
      await confirm(order);
      const before = await stored();

      const answers = [await confirm(order), await release(order)];

      expect(answers).toEqual(['not_active', 'not_active']);
      expect(await stored()).toEqual(before);
    });

    it('is ours also after its time, as long as nobody ended it', async () => {
      const mug = await product({ onHand: 5 });
      const order = newId('ord');
      await reserve(order, line(mug, 2));
      await query(`UPDATE reservations SET expires_at = now() - interval '1 hour'`);

      expect(await confirm(order)).toBe('confirmed');
      expect(await levels()).toEqual([{ product_id: mug, on_hand: 3, reserved: 0 }]);
    });

    //
    it('locks the reservation first, then its stock by ascending product id, with three statements', async () => {
      const ids: string[] = [];
      for (let place = 0; place < 12; place += 1) ids.push(await product({ onHand: 5 }));
      const order = newId('ord');
      await reserve(order, ...[...ids].reverse().map((id) => line(id, 1)));

      const log = await recordStatements(() => confirm(order));

      const locks = log.locks.filter(({ mode }) => mode === 'for update');
      // Once by itself, and once by the sale, whoever has locked it before.
      expect(locks.map(({ table }) => table)).toEqual(['reservations', 'stock_levels', 'stock_levels']);
      expect(locks[1]?.rows.map((row) => row['product_id'])).toEqual(ids);
      expect(log.count).toBe(3);
      expect(await sales()).toHaveLength(12);
    });
  });

  describe('that is released', () => {
    it('gives the units back without a movement', async () => {
      const mug = await product({ onHand: 5 });
      const cup = await product({ onHand: 9, reserved: 4 });
      const order = newId('ord');
      await reserve(order, line(mug, 5), line(cup, 2));

      const answer = await release(order);

      expect(answer).toBe('released');
      expect(await levels()).toEqual([
        { product_id: mug, on_hand: 5, reserved: 0 },
        { product_id: cup, on_hand: 9, reserved: 4 },
      ]);
      expect(await sales()).toEqual([]);
      expect((await stored()).reservations).toMatchObject([{ status: 'released', settled_at: expect.any(Date) }]);
      expect(await redis.client.keys('reservation:*')).toEqual([]);
    });

    it('is given back once, whatever comes after', async () => {
      const mug = await product({ onHand: 5 });
      const order = newId('ord');
      await reserve(order, line(mug, 2));
      await release(order);
      const before = await stored();

      const answers = [await release(order), await confirm(order)];

      expect(answers).toEqual(['not_active', 'not_active']);
      expect(await stored()).toEqual(before);
    });

    it('can be followed by a new one for the same order', async () => {
      const mug = await product({ onHand: 5 });
      const order = newId('ord');
      await reserve(order, line(mug, 2));
      await release(order);
      await reserve(order, line(mug, 3));

      const answers = [await confirm(order), await release(order)];

      expect(answers).toEqual(['confirmed', 'not_active']);
      expect(await levels()).toEqual([{ product_id: mug, on_hand: 2, reserved: 0 }]);
      expect((await stored()).reservations.map(({ status }) => status)).toEqual(['released', 'confirmed']);
    });
  });

  it.each(['confirm', 'release'] as const)('has nothing to %s for an order that never had one', async (name) => {
    const answer = await { confirm, release }[name](newId('ord'));

    expect(answer).toBe('not_active');
  });

  //
  it('neither frees nor leaks a unit when Redis loses everything', async () => {
    const mug = await product({ onHand: 5 });
    const [sold, returned] = [newId('ord'), newId('ord')];
    await reserve(sold, line(mug, 2));
    await reserve(returned, line(mug, 3));

    await redis.client.flushall();
    const before = await levels();
    const answers = [await confirm(sold), await release(returned)];

    expect(before).toEqual([{ product_id: mug, on_hand: 5, reserved: 5 }]);
    expect(answers).toEqual(['confirmed', 'released']);
    expect(await levels()).toEqual([{ product_id: mug, on_hand: 3, reserved: 0 }]);
  });

  it('is refused by the database itself where a program would break its rules', async () => {
    const mug = await product({ onHand: 5 });
    const order = newId('ord');
    await reserve(order, line(mug, 2));
    await confirm(order);
    const before = await stored();

    const faults = [
      query('UPDATE stock_levels SET on_hand = -1'),
      query('UPDATE stock_levels SET reserved = -1'),
      query('UPDATE stock_levels SET reserved = on_hand + 1'),
      query(`UPDATE reservations SET status = 'active'`),
      query(`INSERT INTO stock_movements (id, product_id, delta, kind, cause) VALUES ('mov_1', $1, -2, 'sale', $2)`, [
        mug,
        order,
      ]),
    ];

    const messages = (await Promise.allSettled(faults)).map((fault) =>
      fault.status === 'rejected' ? String(fault.reason) : 'accepted',
    );
    expect(messages).toEqual([
      expect.stringContaining('stock_levels_on_hand_check'),
      expect.stringContaining('stock_levels_reserved_check'),
      expect.stringContaining('stock_levels_reserved_within_on_hand_check'),
      expect.stringContaining('reservations_settled_check'),
      expect.stringContaining('stock_movements_cause_product_key'),
    ]);
    expect(await stored()).toEqual(before);
  });
});
