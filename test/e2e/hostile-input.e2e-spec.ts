import { newId } from '../../src/kernel/id.js';
import { type ApiClient, startApi, type TestApi } from '../support/api.js';
import { type ApiRoute, jsonWith, leavesOf, routesOf } from '../support/api-routes.js';
import { expectInvariants } from '../support/invariants.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { everything, freshKey, order } from '../support/storefront.js';

// Hostile input, by every door. Beside these rows stand: tokens in identity and identity-jwks, what cannot be read, depth,
// size, types and headers in http-contract, the rate limit in http-contract-gateway, amounts that overflow in orders and
// checkout-refusals, and the start of a process in src/platform/config/load-config.spec.ts.

const CARD = '4242424242424242';
/** Levels of pino. */
const WARNING = 40;

let api: TestApi;
let routes: readonly ApiRoute[];
/** A body that each route takes, by the route's name. */
let bodies: Readonly<Record<string, object>>;
/** Ids of things that are really there, by the member of the path. */
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  routes = await routesOf(api);
  const mug = await stockedProduct(api, { onHand: 5 });
  const buyer = api.admin();
  const paid = await order(buyer, [{ product_id: mug, quantity: 1 }], { payment_method: 'pm_card_visa' }).expect(201);
  const target = { url: 'https://shop.example/hooks' };
  const endpoint = await api.admin().post('/v1/admin/webhook-endpoints', target).expect(201);
  ids = { products: mug, product_id: mug, inventory: mug, orders: paid.body.id, endpoints: endpoint.body.id };
  bodies = bodiesAbout(mug);
});
afterEach(() => expectUnharmed());
afterAll(() => api.close());

/** No request was a fault of ours, the process stands, the books are right, and no card number was kept. */
async function expectUnharmed(): Promise<void> {
  expect(api.logs.all().filter(({ level }) => Number(level) >= WARNING)).toEqual([]);
  expect(api.logs.text).not.toMatch(/4242(?:%20| |-)?4242/);
  await api.http.get('/health/ready').expect(200);
  await expectInvariants(api.database);
  expect(await tablesWithCardNumbers()).toEqual([]);
}

async function tablesWithCardNumbers(): Promise<string[]> {
  const tables = await api.database.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const holding: string[] = [];
  for (const { name } of tables) {
    const rows = await api.database.query(`SELECT FROM ${name} t WHERE t::text ~ '4242[ -]?4242' LIMIT 1`);
    if (rows.length > 0) holding.push(name);
  }
  return holding;
}

function bodiesAbout(product_id: string): Record<string, object> {
  const lines = { items: [{ product_id, quantity: 1 }] };
  const priced = { items: [{ product_id, quantity: 1, unit_price: 1_000 }] };
  const address = { shipping_address: { ...US_ADDRESS, line2: '2nd floor', name: 'Zoë', phone: '+1 555 0100' } };
  const buyer = { email: 'zoe@example.com', payment_method: 'pm_card_visa' };
  const product = { title: 'Mug', description: 'Blue', unit_price: 1_000, currency: 'usd' };
  const hooks = { url: 'https://shop.example/other', description: 'Ours' };
  return {
    'POST /v1/admin/products': { sku: 'SKU-H-1', ...product },
    'PATCH /v1/admin/products/{id}': { sku: 'SKU-H-2', ...product },
    'PUT /v1/cart': lines,
    'POST /v1/cart/merge': { guest_token: 'x.y.z' },
    'POST /v1/cart/items': { product_id, quantity: 1 },
    'PUT /v1/cart/items/{product_id}': { quantity: 1 },
    'PUT /v1/admin/inventory/{product_id}': { on_hand: 5, expected_on_hand: 5 },
    'POST /v1/admin/inventory/{product_id}/adjustments': { delta: 1, reason: 'found one' },
    'POST /v1/inventory/reservations': { reference: 'till-7', ttl_seconds: 60, ...lines },
    'POST /v1/orders': { ...priced, ...address, ...buyer },
    'POST /v1/orders/checkout': { ...address, ...buyer, expected_total: 1_599 },
    'POST /v1/orders/{id}/payments': { payment_method: 'pm_card_visa' },
    'PATCH /v1/orders/{id}/pay': { transaction_id: newId('pay') },
    'POST /v1/orders/{id}/cancel': { reason: 'changed my mind' },
    'POST /v1/payments': { amount: 1_000, currency: 'usd', payment_method: 'pm_card_visa' },
    'POST /v1/admin/orders/{id}/cancel': { reason: 'asked by phone' },
    'POST /v1/admin/orders/{id}/review': { action: 'accept' },
    'POST /v1/admin/orders/{id}/fulfill': { tracking: { carrier: 'UPS', number: '1Z', url: 'https://ups.example/1Z' } },
    'POST /v1/admin/orders/{id}/refunds': { items: [{ product_id, quantity: 1 }], amount: 100, reason: 'broken' },
    'POST /v1/admin/webhook-endpoints': hooks,
    'PATCH /v1/admin/webhook-endpoints/{id}': hooks,
    'POST /v1/admin/webhook-endpoints/{id}/replay': { from: '2026-11-19T00:00:00Z', to: '2026-11-20T00:00:00Z' },
  };
}

/** Whoever the route lets in. */
const caller = ({ path }: ApiRoute): ApiClient => (path.startsWith('/v1/inventory/') ? api.internal() : api.admin());

/** The path of the route with the ids of things that are really there, so that what gets through would take effect. */
const fitting = ({ path }: ApiRoute): string => {
  const room = path.includes('webhook-endpoints') ? 'endpoints' : (path.split('/').find((part) => part in ids) ?? '');
  return path.replace(/\{(\w+)\}/g, (_, member: string) => ids[member] ?? ids[room] ?? newId('ord'));
};

/** Sends a body as it stands, so that it may hold what no object of ours can. */
function send(route: ApiRoute, text: string) {
  const headers = { ...caller(route).headers, 'content-type': 'application/json', 'Idempotency-Key': freshKey() };
  return api.http[route.method](fitting(route)).set(headers).send(text);
}

const withBody = (): ApiRoute[] => routes.filter(({ takesBody }) => takesBody);
const bodyOf = ({ name }: ApiRoute): object => bodies[name] ?? {};

/** `status code field, field` of an answer: what a refusal of these members looks like. */
function told({
  status,
  body,
}: {
  readonly status: number;
  readonly body: { code?: string; errors?: { field: string }[] };
}) {
  return [status, body.code, ...(body.errors ?? []).map(({ field }) => field)].join(' ');
}

describe('a body', () => {
  it('is known here for each route that takes one', () => {
    expect(Object.keys(bodies).sort()).toEqual(
      withBody()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('sets no member that is not the client’s to set', async () => {
    const before = await everything(api);
    const names = [
      ...['status', 'payment_status', 'total', 'total_amount', 'subtotal', 'refunded_amount', 'customer_id', 'role'],
      ...[
        'roles',
        'id',
        'version',
        'created_at',
        'paid',
        'order_id',
        'actor_id',
        '__proto__',
        'constructor',
        'prototype',
      ],
    ];

    const answers: Record<string, string> = {};
    for (const route of withBody()) {
      for (const name of names) {
        const text = JSON.stringify(bodyOf(route)).replace(/\}$/, `,"${name}":{"admin":true}}`);
        answers[`${route.name} ${name}`] = told(await send(route, text));
      }
    }

    const expected = withBody().flatMap(({ name: route }) =>
      names.map((name) => [`${route} ${name}`, `422 validation_failed ${name}`]),
    );
    expect(answers).toEqual(Object.fromEntries(expected));
    expect(await everything(api)).toEqual(before);
    expect(Object.prototype).not.toHaveProperty('admin');
  });

  /** Numbers that are in order at one place and hostile everywhere else. */
  const IN_ORDER: Readonly<Record<string, readonly string[]>> = {
    'PUT /v1/cart/items/{product_id} quantity': ['0'],
    'PUT /v1/admin/inventory/{product_id} on_hand': ['0'],
    'PUT /v1/admin/inventory/{product_id} expected_on_hand': ['0', '2147483648'],
    'POST /v1/admin/inventory/{product_id}/adjustments delta': ['-1'],
    'POST /v1/orders/checkout expected_total': ['0'],
  };
  /** What is a whole number and still too many for a cart is refused in the words of the cart. */
  const isTooMany = (route: string, number: string): boolean =>
    / \/v1\/cart(?:\/|$)/.test(route) && number === '2147483648';

  it('holds no number that is no count and no amount', async () => {
    const before = await everything(api);
    const numbers = [
      ...['0', '-1', '1.5', '"1"', '1e21', '1e400', '2147483648', '9007199254740992', '-9007199254740993'],
      ...['true', '[1]', '{}', '""', '"one"'],
    ];

    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const route of withBody()) {
      for (const { field } of leavesOf(bodyOf(route)).filter(({ value }) => typeof value === 'number')) {
        const refused = numbers.filter((number) => IN_ORDER[`${route.name} ${field}`]?.includes(number) !== true);
        for (const number of refused) {
          const row = `${route.name} ${field} ${number}`;
          answers[row] = told(await send(route, jsonWith(bodyOf(route), field, number)));
          expected[row] = isTooMany(route.name, number) ? '422 cart_limit_exceeded' : `422 validation_failed ${field}`;
        }
      }
    }

    expect(Object.keys(answers).length).toBeGreaterThan(150);
    expect(answers).toEqual(expected);
    expect(await everything(api)).toEqual(before);
  });

  /** Where any length may be asked for, and names nothing. */
  const NAMES_NOTHING: Readonly<Record<string, string>> = {
    'PUT /v1/cart items.0.product_id': '404 product_not_found',
    'POST /v1/cart/items product_id': '404 product_not_found',
    'POST /v1/cart/merge guest_token': '422 guest_token_invalid',
  };

  it('holds no text that cannot be stored, and no card number', async () => {
    const before = await everything(api);
    const texts = [
      ...['"a\\u0000b"', '"\\ud83d"', '"x\\ude00"', `"${CARD}"`, `"my card is 4242 4242-4242 4242"`, '5', 'true', '{}'],
      ...['["x"]', `"${'x'.repeat(100_000)}"`],
    ];

    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const route of withBody()) {
      for (const { field } of leavesOf(bodyOf(route)).filter(({ value }) => typeof value === 'string')) {
        for (const text of texts) {
          const row = `${route.name} ${field} ${text.slice(0, 40)}`;
          answers[row] = told(await send(route, jsonWith(bodyOf(route), field, text)));
          const nothing = text.includes('xxx') ? NAMES_NOTHING[`${route.name} ${field}`] : undefined;
          expected[row] = nothing ?? `422 validation_failed ${field}`;
        }
      }
    }

    expect(Object.keys(answers).length).toBeGreaterThan(300);
    expect(answers).toEqual(expected);
    expect(await everything(api)).toEqual(before);
  });
});

describe('an id', () => {
  it('of the wrong form is not found, whatever it is asked for', async () => {
    const before = await everything(api);
    const wrong = [
      ...[
        'nonsense',
        '%00',
        '..%2f..%2fetc',
        `'%20OR%20'1'='1`,
        '%F0%9F%92%A5',
        'null',
        '-1',
        '1e9',
        'x'.repeat(3_000),
      ],
      ...[newId('evt'), newId('ord').toUpperCase(), `${newId('ord')}0`, newId('prod').replace('prod_', 'ord_%C3%BC')],
    ];

    const answers: Record<string, string> = {};
    const named = routes.filter(({ path }) => path.includes('{'));
    for (const route of named) {
      for (const id of wrong) {
        const headers = { ...caller(route).headers, 'Idempotency-Key': freshKey() };
        const call = api.http[route.method](route.path.replace(/\{\w+\}/g, id)).set(headers);
        const { status, body } = await (route.takesBody ? call.send(bodyOf(route)) : call);
        const isRight = status === 404 && /^[a-z_]+_not_found$/.test(body.code);
        if (!isRight) answers[`${route.name} ${id.slice(0, 30)}`] = `${status} ${body.code}`;
      }
    }

    expect(named.length).toBeGreaterThan(30);
    expect(answers).toEqual({});
    expect(await everything(api)).toEqual(before);
  });
});

describe('a list', () => {
  const HOSTILE: readonly (readonly [query: string, field: string])[] = [
    ...(['0', '101', '-1', '1.5', 'ten', '1e2', '99999999999999999999', ''] as const).map(
      (limit) => [`limit=${limit}`, 'limit'] as const,
    ),
    ...(['-1', 'x', '1.5', '10000001'] as const).map((offset) => [`offset=${offset}`, 'offset'] as const),
    ...(['%27', '1', 'ord_', '%00'] as const).map((id) => [`starting_after=${id}`, 'starting_after'] as const),
    ...([`offset=1&starting_after=${newId('ord')}`, 'limit=1&limit=2'] as const).map(
      (query) => [query, query.startsWith('offset') ? 'starting_after' : 'limit'] as const,
    ),
    ...(['sort=id%3Bdrop', 'order=asc', 'fields=secret', '__proto__=1', 'constructor=1', 'customer=x'] as const).map(
      (query) => [query, query.split('=')[0] ?? ''] as const,
    ),
  ];

  it('takes no page, no sort and no member that it does not know', async () => {
    const lists = routes.filter(({ method, query }) => method === 'get' && query.includes('limit'));

    const answers: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const list of lists) {
      for (const [query, field] of HOSTILE) {
        answers[`${list.name} ${query}`] = told(await caller(list).get(`${fitting(list)}?${query}`));
        expected[`${list.name} ${query}`] = `422 validation_failed ${field}`;
      }
    }

    expect(lists.length).toBeGreaterThan(12);
    expect(answers).toEqual(expected);
  });

  it('is filtered by words that it knows alone', async () => {
    const words = ['lost', "paid' OR '1'='1", '', 'PAID'];

    const answers: Record<string, string> = {};
    const filters = routes.flatMap((list) =>
      ['status', 'payment_status', 'sort', 'object']
        .filter((name) => list.query.includes(name))
        .map((name) => ({ list, name })),
    );
    for (const { list, name } of filters) {
      for (const word of words) {
        const answer = told(await caller(list).get(`${fitting(list)}?${name}=${encodeURIComponent(word)}`));
        if (answer !== `422 validation_failed ${name}`) answers[`${list.name} ${name}=${word}`] = answer;
      }
    }

    expect(filters.length).toBeGreaterThan(6);
    expect(answers).toEqual({});
  });
});
