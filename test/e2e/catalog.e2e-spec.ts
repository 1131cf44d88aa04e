import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { addProduct, type ProductOptions } from '../support/products.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => api.database.truncateAll());
afterAll(() => api.close());

const product = (options: ProductOptions = {}) =>
  addProduct((text, parameters) => api.database.query(text, parameters), options);
const storedProducts = () => api.database.query('SELECT * FROM products ORDER BY id');
const mug = { sku: 'MUG-BLUE', title: 'Blue mug', unit_price: 1_450, currency: 'usd' };

const problem = (code: string, status: number) =>
  expect.objectContaining({ code, status, type: `urn:holdfast:problem:${code}` });
const fault = (field: string) =>
  expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ field })] });

describe('the list of products', () => {
  it('shows what is for sale, newest first, with the units that could be bought', async () => {
    const older = await product({ title: 'Older', unitPrice: 500, onHand: 9, reserved: 4 });
    await product({ active: false });
    await product({ archived: true });
    const newer = await product({ title: 'Newer', unitPrice: 700, currency: 'eur' });

    const answer = await api.http.get('/v1/products');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      products: [
        {
          ...{ id: newer.id, sku: newer.sku, title: 'Newer', description: '', unit_price: 700, currency: 'eur' },
          ...{ available_quantity: 0, active: true },
        },
        {
          ...{ id: older.id, sku: older.sku, title: 'Older', description: '', unit_price: 500, currency: 'usd' },
          ...{ available_quantity: 5, active: true },
        },
      ],
      ...{ total_count: 2, limit: 20, offset: 0, has_more: false },
    });
  });

  it('is empty in an empty shop', async () => {
    const answer = await api.http.get('/v1/products');

    expect(answer.body).toEqual({ products: [], total_count: 0, limit: 20, offset: 0, has_more: false });
  });

  it('comes in pages, by offset and by the last id', async () => {
    const ids: string[] = [];
    for (let place = 0; place < 5; place += 1) ids.unshift((await product()).id);

    const first = await api.http.get('/v1/products?limit=2');
    const second = await api.http.get('/v1/products?limit=2&offset=2');
    const last = await api.http.get(`/v1/products?limit=2&starting_after=${ids[3]}`);

    const idsOf = ({ body }: { body: { products: { id: string }[] } }) => body.products.map(({ id }) => id);
    expect([idsOf(first), idsOf(second), idsOf(last)]).toEqual([[ids[0], ids[1]], [ids[2], ids[3]], [ids[4]]]);
    expect(first.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: true });
    expect(second.body).toMatchObject({ total_count: 5, limit: 2, offset: 2, has_more: true });
    expect(last.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: false });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=two', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=1&starting_after=prod_01kaf5d3m0e9wtsz1v5b7x2y4q', 'starting_after'],
    ['starting_after=%00', 'starting_after'],
    ['starting_after=prod_1', 'starting_after'],
    ['sort=title', 'sort'],
  ])('refuses ?%s', async (query, field) => {
    const answer = await api.http.get(`/v1/products?${query}`);

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(fault(field));
  });
});

describe('one product', () => {
  it('is shown to everybody while it is for sale', async () => {
    const { id, sku } = await product({ onHand: 3 });

    const answer = await api.http.get(`/v1/products/${id}`);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ id, sku, title: 'Blue mug', description: '', unit_price: 1_250, currency: 'usd' },
      ...{ available_quantity: 3, active: true },
    });
  });

  it.each([
    ['inactive', async () => (await product({ active: false })).id],
    ['archived', async () => (await product({ archived: true })).id],
    ['unknown', async () => newId('prod')],
    ['of the wrong form', async () => 'prod_1'],
    ['with U+0000 in it', async () => '%00'],
    ['of something else', async () => newId('ord')],
  ])('is not there when it is %s', async (_, idOf) => {
    const answer = await api.http.get(`/v1/products/${await idOf()}`);

    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual(problem('product_not_found', 404));
  });
});

describe('adding a product', () => {
  it('answers it and shows it in the shop, without stock', async () => {
    const answer = await api.admin().post('/v1/admin/products', { ...mug, description: 'Holds 0.3 l' });
    const shown = await api.http.get(`/v1/products/${answer.body.id}`);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      ...{ id: expect.stringMatching(/^prod_[0-7][0-9a-hjkmnp-tv-z]{25}$/), ...mug, description: 'Holds 0.3 l' },
      ...{ available_quantity: 0, active: true },
    });
    expect(shown.body).toEqual(answer.body);
    expect(await api.database.query('SELECT * FROM stock_levels')).toEqual([]);
  });

  it('takes a currency in either case, and any script in its texts', async () => {
    const body = { ...mug, sku: 'كوب ☕️-1', title: 'كوب 👩‍🍳 أزرق', description: 'line\nline', currency: 'EUR' };

    const answer = await api.admin().post('/v1/admin/products', body);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ ...body, currency: 'eur' });
  });

  it('keeps one out of the shop that is not active yet', async () => {
    const answer = await api.admin().post('/v1/admin/products', { ...mug, active: false });

    const shown = await api.http.get(`/v1/products/${answer.body.id}`);

    expect(answer.body).toMatchObject({ active: false });
    expect(shown.status).toBe(404);
  });

  it('refuses a sku that another product has', async () => {
    const first = await api.admin().post('/v1/admin/products', mug);
    const before = await storedProducts();

    const answer = await api.admin().post('/v1/admin/products', { ...mug, title: 'Another' });

    expect(first.status).toBe(201);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'sku_taken', sku: 'MUG-BLUE' });
    expect(await storedProducts()).toEqual(before);
  });

  it.each([
    ...[0, -1, 1.5, '1450', 1e21, 2 ** 53, 100_000_000, null, true].map((value) => ['unit_price', value] as const),
    ...['', 'dollar', 'xyz', 840, null, ['usd']].map((value) => ['currency', value] as const),
    ...['', ' MUG', 'MUG ', 'MUG\n', 'MUG\tBLUE', 'M'.repeat(65), 7, null].map((value) => ['sku', value] as const),
    ...['', '   ', 'two\nlines', 'M'.repeat(201), 7, null].map((value) => ['title', value] as const),
    ...['M'.repeat(5_001), 'a\u0000b', '\ud800', 7, null].map((value) => ['description', value] as const),
    ...['true', 1, null].map((value) => ['active', value] as const),
    ...['archived_at', 'id', 'available_quantity', 'constructor'].map((name) => [name, 'x'] as const),
  ])('refuses %s = %j', async (field, value) => {
    const answer = await api.admin().post('/v1/admin/products', { ...mug, [field]: value });

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(fault(field));
    expect(await storedProducts()).toEqual([]);
  });

  it.each(['sku', 'title', 'unit_price', 'currency'])('refuses a product without %s', async (field) => {
    const answer = await api.admin().post('/v1/admin/products', { ...mug, [field]: undefined });

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(fault(field));
  });
});

describe('changing a product', () => {
  it('changes the given members and leaves the others', async () => {
    const { id, sku } = await product({ onHand: 4 });

    const answer = await api.admin().patch(`/v1/admin/products/${id}`, { unit_price: 99_999_999, currency: 'Gbp' });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ id, sku, title: 'Blue mug', description: '', unit_price: 99_999_999, currency: 'gbp' },
      ...{ available_quantity: 4, active: true },
    });
    expect((await api.http.get(`/v1/products/${id}`)).body).toEqual(answer.body);
  });

  it('takes a product off sale and puts it back', async () => {
    const { id } = await product();

    const off = await api.admin().patch(`/v1/admin/products/${id}`, { active: false });
    const gone = await api.http.get(`/v1/products/${id}`);
    const on = await api.admin().patch(`/v1/admin/products/${id}`, { active: true });

    expect([off.body.active, gone.status, on.body.active]).toEqual([false, 404, true]);
  });

  it('brings an archived product back, unless its sku is taken by now', async () => {
    const archived = await product({ archived: true });
    const replaced = await product({ archived: true });
    await api.admin().post('/v1/admin/products', { ...mug, sku: replaced.sku });

    const back = await api.admin().patch(`/v1/admin/products/${archived.id}`, { active: true });
    const refused = await api.admin().patch(`/v1/admin/products/${replaced.id}`, { active: true });

    expect(back.body).toMatchObject({ active: true });
    expect((await api.http.get(`/v1/products/${archived.id}`)).status).toBe(200);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'sku_taken', sku: replaced.sku });
    expect((await api.http.get(`/v1/products/${replaced.id}`)).status).toBe(404);
  });

  it('refuses the sku of another product and changes nothing', async () => {
    const { id } = await product();
    const other = await product();
    const before = await storedProducts();

    const answer = await api.admin().patch(`/v1/admin/products/${id}`, { sku: other.sku, title: 'New' });

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'sku_taken', sku: other.sku });
    expect(await storedProducts()).toEqual(before);
  });

  it.each([
    ['unit_price', 0],
    ['title', null],
    ['description', null],
    ['active', null],
    ['sku', null],
    ['currency', null],
    ['archived_at', null],
  ])('refuses %s = %j', async (field, value) => {
    const { id } = await product();
    const before = await storedProducts();

    const answer = await api.admin().patch(`/v1/admin/products/${id}`, { [field]: value });

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(fault(field));
    expect(await storedProducts()).toEqual(before);
  });

  it.each(['patch', 'delete'] as const)('answers 404 to %s of an unknown product', async (method) => {
    const answers = [
      await api.admin()[method](`/v1/admin/products/${newId('prod')}`),
      await api.admin()[method]('/v1/admin/products/mug'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'product_not_found'],
      [404, 'product_not_found'],
    ]);
  });
});

describe('archiving a product', () => {
  it('takes it off sale, frees its sku, and repeats without a further change', async () => {
    const { id, sku } = await product({ onHand: 2 });

    const first = await api.admin().delete(`/v1/admin/products/${id}`);
    const stored = await storedProducts();
    const second = await api.admin().delete(`/v1/admin/products/${id}`);
    const storedAgain = await storedProducts();
    const successor = await api.admin().post('/v1/admin/products', { ...mug, sku });

    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id, sku, active: false, available_quantity: 2 });
    expect(stored[0]?.['archived_at']).toEqual(expect.any(Date));
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(storedAgain).toEqual(stored);
    expect(successor.status).toBe(201);
    expect((await api.http.get(`/v1/products/${id}`)).status).toBe(404);
  });
});

//
describe('the guard', () => {
  it.each(['post', 'patch', 'delete'] as const)('lets only admins %s products', async (method) => {
    const { id } = await product();
    const before = await storedProducts();
    const path = method === 'post' ? '/v1/admin/products' : `/v1/admin/products/${id}`;

    const nobody = await api.http[method](path);
    const customer = await api.customer()[method](path);

    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthorized']);
    expect([customer.status, customer.body.code]).toEqual([403, 'forbidden']);
    expect(await storedProducts()).toEqual(before);
  });
});
