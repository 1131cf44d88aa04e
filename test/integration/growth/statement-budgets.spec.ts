import { growOrders } from '../../../bench/shop/grown-orders.js';
import { startApi, type TestApi } from '../../support/api.js';
import type { ApiClient } from '../../support/api-client.js';
import { recordStatements, type StatementLog } from '../../support/statements.js';

/** Who calls, and what is sent along. `{…}` is taken from the shop. */
interface Call {
  readonly as: 'admin' | 'customer' | 'internal';
  readonly body?: object;
}

const asAdmin: Call = { as: 'admin' };
const asCustomer: Call = { as: 'customer' };

/** Statements of each list, BEGIN and COMMIT included: its page and its count, whatever the size of the page. */
const LISTS: readonly (readonly [route: string, statements: number, call: Call])[] = [
  ['/v1/products', 2, asCustomer],
  ['/v1/orders', 2, asCustomer],
  ['/v1/admin/orders', 2, asAdmin],
  ['/v1/admin/orders?status=paid&sort=-total_amount', 2, asAdmin],
  // What it is searched for is asked first.
  ['/v1/admin/orders?q={sku}', 2, asAdmin],
  ['/v1/admin/orders?q={sku}&status=paid', 3, asAdmin],
  ['/v1/admin/orders/{id}/audit', 2, asAdmin],
  ['/v1/admin/refunds', 2, asAdmin],
  ['/v1/admin/payments', 2, asAdmin],
  ['/v1/admin/reservations', 2, asAdmin],
  ['/v1/admin/inventory', 2, asAdmin],
  ['/v1/admin/inventory/{product_id}/movements', 2, asAdmin],
  ['/v1/admin/webhook-events', 2, asAdmin],
  ['/v1/admin/webhook-endpoints', 2, asAdmin],
  ['/v1/admin/events', 2, asAdmin],
  // Where the cursor stands is asked first.
  ['/v1/admin/events?after={event_id}&type=order.*', 3, asAdmin],
  ['/v1/admin/dead-letters', 2, asAdmin],
  ['/v1/admin/reconciliation-differences', 2, asAdmin],
];

/** And of what shows one thing. */
const READS: typeof LISTS = [
  ['/v1/products/{product_id}', 1, asCustomer],
  ['/v1/cart', 1, asCustomer],
  ['/v1/orders/{id}', 1, asCustomer],
  ['/v1/admin/orders/{id}', 1, asAdmin],
  ['/v1/admin/inventory/{product_id}', 1, asAdmin],
  ['/v1/admin/payments/{payment_id}', 1, asAdmin],
  ['/v1/admin/refunds/{refund_id}', 1, asAdmin],
];

const LINE = { product_id: '{product_id}', quantity: 1 };
const ADDRESS = { line1: '1 Main St', city: 'Austin', state: 'TX', postal_code: '73301', country: 'US' };

/** And of routes that write. They are called one after the other, each on the shop as the one before it left it. */
const WRITES: readonly (readonly [route: string, statements: number, call: Call])[] = [
  ['POST /v1/admin/products', 4, { as: 'admin', body: { sku: 'NEW', title: 'New', unit_price: 100, currency: 'usd' } }],
  ['PATCH /v1/admin/products/{product_id}', 5, { as: 'admin', body: { title: 'Newer' } }],
  ['PUT /v1/admin/inventory/{product_id}', 5, { as: 'admin', body: { on_hand: 1_000 } }],
  ['PUT /v1/admin/inventory/{other_product_id}', 5, { as: 'admin', body: { on_hand: 1_000 } }],
  ['POST /v1/admin/inventory/{product_id}/adjustments', 7, { as: 'admin', body: { delta: 5, reason: 'found' } }],
  ['POST /v1/orders/{waiting_id}/cancel', 14, asCustomer],
  ['POST /v1/admin/orders/{paid_id}/fulfill', 8, asAdmin],
  ['POST /v1/admin/orders/{paid_id}/archive', 7, asAdmin],
  ['POST /v1/admin/orders/{other_paid_id}/refunds', 20, asAdmin],
  [
    'POST /v1/inventory/reservations',
    8,
    { as: 'internal', body: { reference: 'till-1', items: [{ product_id: '{product_id}', quantity: 1 }] } },
  ],
  ['POST /v1/inventory/reservations/{last_id}/commit', 6, { as: 'internal' }],
  ['POST /v1/cart/items', 6, { as: 'customer', body: LINE }],
  ['PUT /v1/cart/items/{product_id}', 6, { as: 'customer', body: { quantity: 2 } }],
  ['DELETE /v1/cart/items/{product_id}', 5, asCustomer],
  ['DELETE /v1/cart', 4, asCustomer],
  // A purchase.
  ['PUT /v1/cart', 1, { as: 'customer', body: { items: [LINE, { product_id: '{other_product_id}', quantity: 2 }] } }],
  ['POST /v1/orders/checkout', 7, { as: 'customer', body: { shipping_address: ADDRESS, provider: 'manual' } }],
  ['PATCH /v1/orders/{last_id}/pay', 7, { as: 'internal', body: { transaction_id: 'till 7' } }],
  ['POST /v1/orders', 6, { as: 'customer', body: { items: [LINE], provider: 'manual' } }],
  ['DELETE /v1/admin/products/{other_product_id}', 4, asAdmin],
];

describe('the statements of a request', () => {
  let api: TestApi;
  /** What the tests speak of, and `last_id`, what the last route that writes answered with. */
  let facts: Map<string, string>;
  let callers: Readonly<Record<Call['as'], ApiClient>>;

  beforeAll(async () => {
    api = await startApi();
    await growOrders(api.database.url, 300);
    facts = await factsOf(api);
    callers = { admin: api.admin(), customer: api.customer(facts.get('customer_id')), internal: api.internal() };
    await callers.admin.get('/v1/admin/orders').expect(200);
  }, 60_000);
  afterAll(() => api.close());

  it.each([...LISTS, ...READS])('GET %s takes %i', async (route, statements, { as }) => {
    const log = await recordStatements(async () => callers[as].get(filled(route)).expect(200));

    expect(countOf(log)).toBe(statements);
  });

  it.each(LISTS)('GET %s takes %i for a page of 1 and of 100', async (route, statements, { as }) => {
    const path = `${filled(route)}${route.includes('?') ? '&' : '?'}limit=`;

    const one = await recordStatements(async () => callers[as].get(`${path}1`).expect(200));
    const hundred = await recordStatements(async () => callers[as].get(`${path}100`).expect(200));

    expect([countOf(one), countOf(hundred)]).toEqual([statements, statements]);
  });

  it('of routes that write are as many as written here', async () => {
    const taken: [string, number][] = [];
    for (const [route, , call] of WRITES) {
      const log = await recordStatements(() => send(route, call));
      taken.push([route, countOf(log)]);
    }

    expect(taken).toEqual(WRITES.map(([route, statements]) => [route, statements]));
  });

  async function send(route: string, { as, body }: Call): Promise<void> {
    const [method = '', path = ''] = filled(route).split(' ');
    const content = body === undefined ? {} : { body: filled(JSON.stringify(body)) };
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...callers[as].headers,
        'idempotency-key': route.replaceAll(/\W/g, '-'),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...content,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${text}`);
    facts.set('last_id', String(JSON.parse(text).id));
  }

  function filled(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => facts.get(name) ?? 'missing');
  }
});

/** NOTIFY is sent when it suits, not by the request that is the reason for it. */
function countOf(log: StatementLog): number {
  return log.all.filter(({ text }) => !/^\s*notify\b/i.test(text)).length;
}

/** Objects of one customer who has orders in all states. */
async function factsOf(api: TestApi): Promise<Map<string, string>> {
  const orderIn = (status: string, offset = 0) =>
    `(SELECT id FROM orders WHERE status = '${status}' ORDER BY id LIMIT 1 OFFSET ${offset})`;
  const [row] = await api.database.query<Record<string, string>>(
    `SELECT o.customer_id, o.id AS id, o.id AS waiting_id, ${orderIn('paid')} AS paid_id, ${orderIn('paid', 1)} AS other_paid_id,
       (SELECT id FROM payments ORDER BY id LIMIT 1) AS payment_id, (SELECT id FROM refunds LIMIT 1) AS refund_id,
       (SELECT id FROM outbox_events WHERE "position" IS NOT NULL ORDER BY "position" LIMIT 1) AS event_id, i.sku, i.product_id,
       (SELECT id FROM products WHERE id <> i.product_id LIMIT 1) AS other_product_id
     FROM orders o JOIN order_items i ON i.order_id = o.id WHERE o.status = 'created' ORDER BY o.id LIMIT 1`,
  );
  return new Map(Object.entries(row ?? {}));
}
