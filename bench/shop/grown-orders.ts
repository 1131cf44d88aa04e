import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const GROWN_ORDERS = readFileSync(fileURLToPath(new URL('./grown-orders.sql', import.meta.url)), 'utf8');

/**
 * Puts `count` orders of the past into a migrated database, with everything that belongs to them: lines, reservations,
 * payments, refunds, movements, audit entries, events, webhooks. Two lines and 30 s each, 20 of every customer, in all
 * seven states, on the products that are there or on 1 000 new ones. The invariants hold afterwards, nothing is due, and
 * tables are vacuumed as they would be in a shop that got there slowly. It may be called again, for more; nobody else may
 * write to the database meanwhile, and the role has to be a superuser's. A million take some minutes and about 6 GB.
 */
export async function growOrders(databaseUrl: string, count: number): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`${count} is no number of orders`);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query("SELECT set_config('grown.count', $1, true)", [String(count)]);
    await client.query(GROWN_ORDERS);
    await client.query('COMMIT');
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}
