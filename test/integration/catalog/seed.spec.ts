import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { useOwnDatabase } from '../../support/database.js';
import { buildService, type ServiceBuild } from '../../support/service-build.js';
import { withDatabase } from '../../support/test-databases.js';
import { endWatchdog } from '../../../tools/process/watchdog.js';

/** How long one run may take, with everything else that the machine does. */
const LIMIT_MS = 30_000;

jest.setTimeout(3 * LIMIT_MS);

interface Run {
  readonly code: unknown;
  readonly output: string;
  readonly errors: string;
}

let build: ServiceBuild;

// As in production, and for much less of the machine than the sources take.
beforeAll(async () => {
  build = await buildService();
});
afterAll(async () => {
  build.remove();
  await endWatchdog();
});

async function seed(databaseUrl: string | undefined): Promise<Run> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [path.join(build.folder, 'dist', 'seed.js')], {
    env: { PATH, HOME, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) },
    timeout: LIMIT_MS,
  });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, output, errors };
}

describe('the demo catalogue', () => {
  const own = useOwnDatabase();
  beforeEach(() => own.truncateAll());

  const query = (statement: string): Promise<Record<string, unknown>[]> => own.dataSource.query(statement);
  const shop = async () => ({
    products: await query('SELECT * FROM products ORDER BY id'),
    levels: await query('SELECT * FROM stock_levels ORDER BY product_id'),
    movements: await query('SELECT * FROM stock_movements ORDER BY id'),
  });

  it('fills an empty shop through the stock ledger, in usd, with things that are nearly and quite sold out', async () => {
    const run = await seed(own.url);

    const { products, levels, movements } = await shop();
    expect(run).toEqual({ code: 0, output: 'added 36 products\n', errors: '' });
    expect(products).toHaveLength(36);
    expect(new Set(products.map(({ currency }) => currency))).toEqual(new Set(['usd']));
    expect(levels.filter(({ on_hand }) => on_hand === 0)).toHaveLength(2);
    expect(levels.filter(({ on_hand }) => Number(on_hand) > 0 && Number(on_hand) <= 3)).toHaveLength(3);
    expect(movements.map(({ product_id, delta, kind }) => [product_id, delta, kind]).sort()).toEqual(
      levels.filter(({ on_hand }) => on_hand !== 0).map(({ product_id, on_hand }) => [product_id, on_hand, 'count']),
    );
  });

  it('changes nothing the second time, whatever the shop made of it', async () => {
    await seed(own.url);
    await query(`UPDATE products SET unit_price = 1, title = 'Ours' WHERE sku = 'LIV-MUG-BLUE'`);
    await query(`UPDATE products SET active = false, archived_at = now() WHERE sku = 'COF-PRESS-08'`);
    await query(`DELETE FROM stock_movements`);
    await query(`UPDATE stock_levels SET on_hand = 0`);
    const before = await shop();

    const run = await seed(own.url);

    expect(run).toEqual({ code: 0, output: 'Nothing to do: the demo catalogue is there.\n', errors: '' });
    expect(await shop()).toEqual(before);
  });

  it('is added once by two that start together', async () => {
    const runs = await Promise.all([seed(own.url), seed(own.url)]);

    expect(runs.map(({ code, errors }) => [code, errors])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect((await shop()).products).toHaveLength(36);
    expect(await query('SELECT sum(on_hand)::int AS units FROM stock_levels')).toEqual([{ units: 2_286 }]);
  });

  it.each([
    ['no database is named', () => undefined, 'DATABASE_URL: is required'],
    ['the server is away', () => 'postgres://app@127.0.0.1:1/holdfast_test', 'the database cannot be reached'],
    [
      'there is no such database',
      () => withDatabase(own.url, 'holdfast_test_absent'),
      '"holdfast_test_absent" does not exist',
    ],
    ['the schema is missing', () => withDatabase(own.url, 'template1'), 'Run npm run migrate first.'],
  ])('says what to do when %s, and exits with 1', async (_, url, message) => {
    const run = await seed(url());

    expect(run.code).toBe(1);
    expect(run.output).toBe('');
    expect(run.errors).toMatch(/^Seeding failed: /);
    expect(run.errors).toContain(message);
  });
});
