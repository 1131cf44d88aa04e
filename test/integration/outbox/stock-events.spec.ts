import { newId } from '../../../src/kernel/id.js';
import { useOwnDatabase } from '../../support/database.js';
import { eventFaults, type OutboxRow } from '../../support/events.js';
import { ACTOR, useInventory } from '../../support/inventory.js';
import { addProduct } from '../../support/products.js';
import { recordStatements } from '../../support/statements.js';

describe('what is told of stock', () => {
  const own = useOwnDatabase();
  const inventory = useInventory(own);
  beforeEach(() => own.truncateAll());

  const query = <Row = Record<string, unknown>>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    own.dataSource.query(text, [...parameters]);
  const product = async (onHand: number) => (await addProduct(query, { onHand })).id;
  const told = async (productId: string) => {
    const rows = await query<OutboxRow>('SELECT * FROM outbox_events WHERE aggregate_id = $1 ORDER BY version', [
      productId,
    ]);
    expect(rows.flatMap(({ type, payload }) => eventFaults(type, JSON.parse(payload)))).toEqual([]);
    expect(rows.map(({ trace_id }) => trace_id)).toEqual(rows.map(() => ACTOR.traceId));
    return rows.map(({ payload }) => JSON.parse(payload));
  };
  const reserve = (orderId: string, productId: string, quantity: number) =>
    inventory.database.transaction((tx) =>
      inventory.facade.reserve(tx, ACTOR, { orderId, items: [{ productId, quantity }], ttlSeconds: 60 }),
    );
  const adjust = (productId: string, delta: number) =>
    inventory.database.transaction((tx) => inventory.ledger.adjust(tx, ACTOR, { productId, delta, reason: 'found' }));

  it('is a hold and its sale, with the level after each', async () => {
    const mug = await product(20);
    const order = newId('ord');

    await reserve(order, mug, 3);
    await inventory.database.transaction((tx) => inventory.facade.confirmForOrder(tx, ACTOR, order));

    const who = { type: 'stock.changed', product_id: mug, cause: order };
    expect(await told(mug)).toEqual([
      {
        ...who,
        version: 1,
        kind: 'hold',
        on_hand: 20,
        reserved: 3,
        available: 17,
        on_hand_delta: 0,
        reserved_delta: 3,
      },
      {
        ...who,
        version: 2,
        kind: 'sale',
        on_hand: 17,
        reserved: 0,
        available: 17,
        on_hand_delta: -3,
        reserved_delta: -3,
      },
    ]);
  });

  it('is a hold that was given back, and a hold whose time was over', async () => {
    const mug = await product(20);
    const [first, second] = [newId('ord'), newId('ord')];

    await reserve(first, mug, 1);
    await inventory.database.transaction((tx) => inventory.facade.releaseForOrder(tx, ACTOR, first));
    await reserve(second, mug, 2);
    await inventory.database.transaction((tx) => inventory.facade.expireForOrder(tx, ACTOR, second));

    expect((await told(mug)).map(({ version, kind, cause, reserved }) => [version, kind, cause, reserved])).toEqual([
      [1, 'hold', first, 1],
      [2, 'release', first, 0],
      [3, 'hold', second, 2],
      [4, 'expiry', second, 0],
    ]);
    const [reservation] = await query<{ id: string; expires_at: Date }>(
      'SELECT id, expires_at FROM reservations WHERE order_id = $1',
      [second],
    );
    const expired = await query<OutboxRow>(`SELECT * FROM outbox_events WHERE type = 'reservation.expired'`);
    expect(expired).toMatchObject([{ aggregate_id: reservation?.id, version: 1, trace_id: ACTOR.traceId }]);
    const data = JSON.parse(expired[0]?.payload ?? '');
    expect(eventFaults('reservation.expired', data)).toEqual([]);
    expect(data).toEqual({
      type: 'reservation.expired',
      reservation_id: reservation?.id,
      version: 1,
      order_id: second,
      reference: null,
      expires_at: reservation?.expires_at.toISOString(),
      items: [{ product_id: mug, qty: 2 }],
    });
  });

  it('is what came and went outside of any sale; a count that confirms the books says nothing', async () => {
    const mug = await product(20);
    const refund = newId('ref');
    const restock = () =>
      inventory.database.transaction((tx) =>
        inventory.ledger.restock(tx, ACTOR, refund, [{ productId: mug, quantity: 2 }]),
      );

    await adjust(mug, -4);
    await inventory.database.transaction((tx) => inventory.ledger.count(tx, ACTOR, mug, { onHand: 30 }));
    await inventory.database.transaction((tx) => inventory.ledger.count(tx, ACTOR, mug, { onHand: 30 }));
    await restock();
    await restock();

    expect((await told(mug)).map(({ version, kind, cause, on_hand }) => [version, kind, cause, on_hand])).toEqual([
      [1, 'adjustment', null, 16],
      [2, 'count', null, 30],
      [3, 'restock', refund, 32],
    ]);
  });

  it('is that it runs low, each time that what is available falls to five and never while it stays there', async () => {
    const mug = await product(8);

    await adjust(mug, -2); // 6
    await reserve(newId('ord'), mug, 1); // 5: low
    await adjust(mug, -1); // 4
    await adjust(mug, 1); // 5 from below
    await adjust(mug, 4); // 9
    await reserve(newId('ord'), mug, 9); // 0: low

    const events = await told(mug);
    expect(events.map(({ type, version, available }) => [version, type, available])).toEqual([
      [1, 'stock.changed', 6],
      [2, 'stock.changed', 5],
      [3, 'stock.low', 5],
      [4, 'stock.changed', 4],
      [5, 'stock.changed', 5],
      [6, 'stock.changed', 9],
      [7, 'stock.changed', 0],
      [8, 'stock.low', 0],
    ]);
    expect(events.at(-1)).toMatchObject({ threshold: 5, on_hand: 10, reserved: 10 });
    expect(await query('SELECT version::int FROM stock_levels')).toEqual([{ version: 8 }]);
  });

  it('costs no statement of its own', async () => {
    const order = newId('ord');
    const mug = await product(20);

    const log = await recordStatements(() => reserve(order, mug, 1));

    expect(log.count).toBe(2);
  });

  it('is nothing where the change was undone', async () => {
    const mug = await product(20);

    await expect(
      inventory.database.transaction(async (tx) => {
        await inventory.ledger.adjust(tx, ACTOR, { productId: mug, delta: 1, reason: 'found' });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');

    expect(await told(mug)).toEqual([]);
  });
});
