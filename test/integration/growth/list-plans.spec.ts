import { DataSource } from 'typeorm';
import { growOrders } from '../../../bench/shop/grown-orders.js';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../../../src/orders/domain/order-state.js';
import { dataSourceOptions } from '../../../src/platform/database/index.js';
import { startApi, type TestApi } from '../../support/api.js';
import { routesOf } from '../../support/api-routes.js';
import { explain } from '../../support/plans.js';
import { recordStatements } from '../../support/statements.js';

const ORDERS = 4_000;
/** Rows that may be put in order for one page: what one customer, one article or one page has, and never a table. */
const MOST_SORTED = 500;

const ADMIN_ORDERS = '/v1/admin/orders';
const SORTS = ['created_at', '-created_at', 'total_amount', '-total_amount'];
/** What stands in `{…}` is taken from the database. */
const FILTERS = [
  ...ORDER_STATUSES.map((status) => `status=${status}`),
  ...PAYMENT_STATUSES.map((status) => `payment_status=${status}`),
  ...['customer_id={customer_id}', 'q={id}', 'q={number}', 'q={email}', 'q={sku}', 'q=nothing'],
  ...['created_from={created_at}', 'created_to={created_at}', 'created_from={created_at}&created_to={created_at}'],
];
const LISTS: readonly string[] = [
  '/v1/orders',
  '/v1/orders?starting_after={id}',
  ...SORTS.flatMap((sort) => [`${ADMIN_ORDERS}?sort=${sort}`, `${ADMIN_ORDERS}?sort=${sort}&starting_after={id}`]),
  ...SORTS.flatMap((sort) => FILTERS.map((filter) => `${ADMIN_ORDERS}?sort=${sort}&${filter}`)),
  `${ADMIN_ORDERS}/{id}/audit`,
  ...['', '?order_id={id}', '?status=succeeded', '?status=failed'].map((query) => `/v1/admin/refunds${query}`),
  ...['', '?starting_after={payment_id}'].map((query) => `/v1/admin/payments${query}`),
  ...['', '?order_id={id}', '?status=active', '?status=confirmed', '?status=released', '?status=expired'].map(
    (query) => `/v1/admin/reservations${query}`,
  ),
  ...['', '?status=processed', '?status=parked', '?type=payment_intent.succeeded', '?provider=broker'].map(
    (query) => `/v1/admin/webhook-events${query}`,
  ),
  ...['', '?after={event_id}', '?type=order.paid', '?type=order.*', '?type=stock.low,order.refunded'].map(
    (query) => `/v1/admin/events${query}`,
  ),
  ...['', '?status=delivered', '?status=failed', '?status=pending', '?event_type=order.refunded'].map(
    (query) => `/v1/admin/webhook-endpoints/{endpoint_id}/deliveries${query}`,
  ),
  '/v1/admin/inventory/{product_id}/movements',
];
/** Of the size of the catalogue or of a person's patience, however many orders there are. */
const SMALL_LISTS = [
  '/v1/products',
  '/v1/admin/inventory',
  '/v1/admin/webhook-endpoints',
  '/v1/admin/dead-letters',
  '/v1/admin/reconciliation-differences',
];
const SMALL_TABLES = new Set(['products', 'stock_levels', 'webhook_endpoints', 'reconciliation_differences']);

describe('lists of a shop that has grown', () => {
  let api: TestApi;
  let source: DataSource;
  let facts: ReadonlyMap<string, string>;

  beforeAll(async () => {
    api = await startApi();
    await growOrders(api.database.url, ORDERS);
    source = await new DataSource(dataSourceOptions(api.database.url, 'api', 2)).initialize();
    facts = await factsOf(api);
  }, 120_000);
  afterAll(async () => {
    await source.destroy();
    await api.close();
  });

  it.each(LISTS)('%s is led by an index from the first row to the last', async (list) => {
    const path = list.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(facts.get(name) ?? 'missing'));
    const caller = path.startsWith('/v1/orders') ? api.customer(facts.get('customer_id')) : api.admin();

    const log = await recordStatements(async () => caller.get(path).expect(200));
    const plans = await Promise.all(log.statements.map((statement) => explain(source, statement)));

    expect(plans.length).toBeGreaterThan(0);
    for (const { scanned, sorted } of plans) {
      expect(scanned.filter((table) => !SMALL_TABLES.has(table))).toEqual([]);
      expect(sorted).toBeLessThanOrEqual(MOST_SORTED);
    }
  });

  it('are all here', async () => {
    const listing = (await routesOf(api)).filter(({ method, query }) => method === 'get' && query.includes('limit'));
    const known = [...LISTS, ...SMALL_LISTS].map((list) => list.replace(/\?.*/, '').replaceAll(/\{\w+\}/g, '{id}'));

    expect(listing.map(({ path }) => path.replaceAll(/\{\w+\}/g, '{id}')).sort()).toEqual([...new Set(known)].sort());
  });
});

/** Names and ids that are somewhere in the middle of the grown shop. */
async function factsOf(api: TestApi): Promise<ReadonlyMap<string, string>> {
  const [row] = await api.database.query<Record<string, string>>(
    `SELECT o.id, o.customer_id, o.email, o."number"::text, i.sku, i.product_id, to_json(o.created_at)#>>'{}' AS created_at,
       (SELECT id FROM webhook_endpoints) AS endpoint_id,
       (SELECT id FROM payments ORDER BY id LIMIT 1 OFFSET $1) AS payment_id,
       (SELECT id FROM outbox_events WHERE "position" IS NOT NULL ORDER BY "position" LIMIT 1 OFFSET $1) AS event_id
     FROM (SELECT * FROM orders ORDER BY id LIMIT 1 OFFSET $1) o JOIN order_items i ON i.order_id = o.id LIMIT 1`,
    [ORDERS / 2],
  );
  return new Map(Object.entries(row ?? {}));
}
