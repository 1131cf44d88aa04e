import { DataSource } from 'typeorm';
import { sql } from '../../src/platform/database/index.js';
import { cloneDatabase, truncateAll, useOwnDatabase, withRollback, workerDatabaseUrl } from '../support/database.js';
import { useRedis } from '../support/redis.js';
import { recordStatements } from '../support/statements.js';
import { runStatements } from '../support/test-databases.js';

const insertProduct = (id: string, sku: string): string =>
  `INSERT INTO products (id, sku, title, unit_price, currency) VALUES ('${id}', '${sku}', 'Mug', 2500, 'usd')`;
const countProducts = 'SELECT count(*)::int AS count FROM products';

//
describe('a test that is rolled back', () => {
  const rolledBack = withRollback();

  it.each([1, 2])('sees an empty table and its own row alone, run %i', async () => {
    const before = await sql(rolledBack.tx, countProducts);
    await sql(rolledBack.tx, insertProduct('prod_1', 'MUG'));
    const after = await sql(rolledBack.tx, countProducts);

    expect(before).toEqual([{ count: 0 }]);
    expect(after).toEqual([{ count: 1 }]);
  });

  it('turns the transactions of use cases into savepoints', async () => {
    await rolledBack.database.transaction((tx) => sql(tx, insertProduct('prod_1', 'MUG')));
    const failing = rolledBack.database.transaction(async (tx) => {
      await sql(tx, insertProduct('prod_2', 'CUP'));
      throw new Error('refused');
    });

    await expect(failing).rejects.toThrow('refused');
    expect(await rolledBack.database.read('SELECT id FROM products')).toEqual([{ id: 'prod_1' }]);
    expect(await runStatements(workerDatabaseUrl(), countProducts)).toEqual([{ count: 0 }]);
  });
});

//
describe('a test with its own database', () => {
  const own = useOwnDatabase();
  beforeEach(() => own.truncateAll());

  it('commits there and nowhere else, and empties it without touching reference data', async () => {
    const rates = await runStatements(own.url, 'SELECT count(*)::int AS count FROM schema_migrations');
    await own.database.transaction((tx) => sql(tx, insertProduct('prod_1', 'MUG')));

    expect(await runStatements(own.url, countProducts)).toEqual([{ count: 1 }]);
    expect(await runStatements(workerDatabaseUrl(), countProducts)).toEqual([{ count: 0 }]);

    await own.truncateAll();

    expect(await runStatements(own.url, countProducts)).toEqual([{ count: 0 }]);
    expect(await runStatements(own.url, 'SELECT count(*)::int AS count FROM schema_migrations')).toEqual(rates);
  });

  it('drops a clone that is still connected to', async () => {
    const clone = await cloneDatabase();
    const source = await new DataSource({ type: 'postgres', url: clone.url, installExtensions: false }).initialize();
    await clone.drop();

    await expect(truncateAll(clone.url)).rejects.toThrow('does not exist');
    await source.destroy();
  });

  it('counts statements and sees which rows were locked in which order', async () => {
    await own.database.transaction(async (tx) => {
      await sql(tx, insertProduct('prod_b', 'B'));
      await sql(tx, insertProduct('prod_a', 'A'));
      await sql(tx, "INSERT INTO stock_levels (product_id) VALUES ('prod_a'), ('prod_b')");
    });

    const log = await recordStatements(() =>
      own.database.transaction(async (tx) => {
        await sql(tx, 'SELECT p.id FROM products p WHERE p.id = $1 FOR UPDATE OF p SKIP LOCKED', ['prod_b']);
        await sql(
          tx,
          `SELECT product_id FROM stock_levels
           ORDER BY product_id IS NOT DISTINCT FROM (SELECT max(id) FROM products), product_id FOR NO KEY UPDATE`,
        );
        await sql(tx, 'UPDATE stock_levels SET on_hand = 5 WHERE product_id = $1 RETURNING product_id', ['prod_a']);
        await sql(
          tx,
          `WITH chosen AS (SELECT o.id FROM orders o JOIN carts ON true ORDER BY o.id LIMIT 1 FOR UPDATE OF o)
           DELETE FROM reservations WHERE status = 'for update' AND order_id IN (SELECT id FROM chosen)`,
        );
      }),
    );

    expect(log.count).toBe(4);
    expect(log.all.map(({ text }) => text.split(' ')[0])).toEqual([
      'BEGIN',
      'SELECT',
      'SELECT',
      'UPDATE',
      'WITH',
      'COMMIT',
    ]);
    expect(log.lockedTables).toEqual(['products', 'stock_levels', 'orders', 'reservations']);
    expect(log.locks.map(({ table, mode, skipLocked }) => [table, mode, skipLocked])).toEqual([
      ['products', 'for update', true],
      ['stock_levels', 'for no key update', false],
      ['stock_levels', 'update', false],
      ['orders', 'for update', false],
      ['reservations', 'update', false],
    ]);
    expect(log.lockedValues('stock_levels', 'product_id')).toEqual(['prod_a', 'prod_b']);
  });
});

//
describe('Redis', () => {
  const redis = useRedis();

  it.each([1, 2])('is empty before each test, and number 15, run %i', async () => {
    expect(await redis.client.dbsize()).toBe(0);

    await redis.client.set('left', 'over');

    expect(new URL(redis.url).pathname).toBe('/15');
    expect(await redis.client.dbsize()).toBe(1);
  });
});
