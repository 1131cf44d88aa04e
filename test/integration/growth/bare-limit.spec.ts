import pg from 'pg';
import { LIMIT_FUNCTIONS, limitServer } from '../../../bench/limit/server.js';
import { startApi, type TestApi } from '../../support/api.js';
import { cloneDatabase, type ClonedDatabase } from '../../support/database.js';
import { addProduct } from '../../support/products.js';
import { US_ADDRESS } from '../../support/shop.js';
import { runStatements } from '../../support/test-databases.js';

const CUSTOMER = 'buyer-1';

let api: TestApi;
let bare: ClonedDatabase;
let pool: pg.Pool;
let limit: ReturnType<typeof limitServer>;
let limitUrl: string;

beforeAll(async () => {
  api = await startApi();
  bare = await cloneDatabase();
  await runStatements(bare.url, LIMIT_FUNCTIONS);
  pool = new pg.Pool({ connectionString: bare.url, max: 2 });
  const { JWT_SECRET: jwtSecret = '', SVC_INTERNAL_KEY: internalKey } = api.config;
  limit = limitServer(pool, { jwtSecret, internalKey });
  limitUrl = await limit.listen({ host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(async () => {
  await limit.close();
  await pool.end();
  await bare.drop();
  await api.close();
});

/** What a purchase leaves behind in a database, and how its answers look. */
async function purchase(url: string, query: (text: string, values?: readonly unknown[]) => Promise<object[]>) {
  const products = [await addProduct(query, { onHand: 100 }), await addProduct(query, { onHand: 100 })];
  const items = products.map(({ id }, place) => ({ product_id: id, quantity: place + 1 }));
  const before = await countsOf(query);
  const customer = { authorization: `Bearer ${await api.tokenFor({ sub: CUSTOMER })}` };
  const shop = { 'x-internal-key': api.config.SVC_INTERNAL_KEY };

  const cart = await send(`PUT ${url}/v1/cart`, customer, { items });
  const order = await send(`POST ${url}/v1/orders/checkout`, customer, {
    shipping_address: US_ADDRESS,
    provider: 'manual',
  });
  const paid = await send(`PATCH ${url}/v1/orders/${order.id}/pay`, shop, { transaction_id: 'till 7' });

  const after = await countsOf(query);
  const rows = Object.fromEntries(Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)]));
  const events = await query(`SELECT type, version::integer AS version, payload FROM outbox_events ORDER BY type, id`);
  const levels = await query(
    `SELECT on_hand::integer, reserved::integer, version::integer FROM stock_levels WHERE product_id = ANY($1)
     ORDER BY on_hand`,
    [products.map(({ id }) => id)],
  );
  return { rows, levels, events: events.map(shapeOf), answers: [cart, order, paid].map(shapeOf) };
}

async function send(route: string, headers: Record<string, string>, body: object): Promise<{ readonly id: string }> {
  const [method = '', url = ''] = route.split(' ');
  const answer = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': `key-${method}` },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Rows of each table. */
async function countsOf(query: (text: string) => Promise<object[]>): Promise<Record<string, number>> {
  const tables = await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const names = tables.map((table) => String(Reflect.get(table, 'tablename')));
  const [counts = {}] = await query(
    `SELECT ${names.map((name) => `(SELECT count(*) FROM "${name}")::integer AS "${name}"`).join(', ')}`,
  );
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)]));
}

/** The members that an object has, however deep, without their values. */
function shapeOf(value: object): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      name === 'payload' ? shapeOf(JSON.parse(String(member))) : typeof member,
    ]),
  );
}

describe('the bare limit of the benchmark', () => {
  it('leaves the rows, events and levels behind that the service does, and answers in the same form', async () => {
    const service = await purchase(api.url, (text, values = []) => api.database.query(text, values));
    const bound = await purchase(limitUrl, async (text, values = []) => (await pool.query(text, [...values])).rows);

    expect(bound).toEqual(service);
    expect(service.rows).toMatchObject({ orders: 1, order_items: 2, outbox_events: 6, stock_movements: 2 });
  });
});
