import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { addProduct, type ProductOptions } from '../support/products.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => api.database.truncateAll());
afterAll(() => api.close());

const product = async (options: ProductOptions = {}) =>
  (await addProduct((text, parameters) => api.database.query(text, parameters), options)).id;
const adjust = (id: string, body: object, idempotencyKey: string = newId('key')) =>
  api.admin().post(`/v1/admin/inventory/${id}/adjustments`, body, { idempotencyKey });
const count = (id: string, body: object) => api.admin().put(`/v1/admin/inventory/${id}`, body);

/** Everything that is stored about stock, so that a refusal can be seen to have changed nothing. */
const storedStock = async () => ({
  levels: await api.database.query('SELECT product_id, on_hand, reserved FROM stock_levels ORDER BY 1'),
  movements: await api.database.query('SELECT * FROM stock_movements ORDER BY id'),
});
const ledgerSum = async (id: string) =>
  (await api.database.query('SELECT sum(delta)::bigint AS sum FROM stock_movements WHERE product_id = $1', [id]))[0]?.[
    'sum'
  ];

describe('stock levels', () => {
  it('are shown for every product, newest first, with what could be sold', async () => {
    const stocked = await product({ onHand: 10, reserved: 3 });
    const leftover = await product({ archived: true, onHand: 1 });
    await product({ archived: true });
    const fresh = await product();

    const answer = await api.admin().get('/v1/admin/inventory');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      inventory: [
        { product_id: fresh, on_hand: 0, reserved: 0, available: 0 },
        { product_id: leftover, on_hand: 1, reserved: 0, available: 1 },
        { product_id: stocked, on_hand: 10, reserved: 3, available: 7 },
      ],
      ...{ total_count: 3, limit: 20, offset: 0, has_more: false },
    });
  });

  it('come in pages', async () => {
    const ids = [await product(), await product(), await product()].reverse();

    const first = await api.admin().get('/v1/admin/inventory?limit=2');
    const second = await api.admin().get(`/v1/admin/inventory?limit=2&starting_after=${ids[1]}`);

    const idsOf = (body: { inventory: { product_id: string }[] }) => body.inventory.map((level) => level.product_id);
    expect([idsOf(first.body), idsOf(second.body)]).toEqual([[ids[0], ids[1]], [ids[2]]]);
    expect([first.body.has_more, second.body.has_more]).toEqual([true, false]);
    expect([first.body.total_count, second.body.total_count]).toEqual([3, 3]);
  });

  it('can be asked for one product, also where it never had stock', async () => {
    const id = await product();
    const stocked = await product({ onHand: 5, reserved: 5 });

    const answers = [
      await api.admin().get(`/v1/admin/inventory/${id}`),
      await api.admin().get(`/v1/admin/inventory/${stocked}`),
    ];

    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, { product_id: id, on_hand: 0, reserved: 0, available: 0 }],
      [200, { product_id: stocked, on_hand: 5, reserved: 5, available: 0 }],
    ]);
  });
});

describe('counting', () => {
  it('sets the stock by one movement, which is its own cause', async () => {
    const id = await product();

    const answer = await count(id, { on_hand: 12 });

    const [movement] = (await storedStock()).movements;
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ product_id: id, on_hand: 12, reserved: 0, available: 12 });
    expect(movement).toMatchObject({ product_id: id, delta: 12, kind: 'count', reason: null });
    expect(movement?.['cause']).toBe(`count:${String(movement?.['id'])}`);
  });

  it('books the difference to what was on hand', async () => {
    const id = await product({ onHand: 10, reserved: 2 });

    const answer = await count(id, { on_hand: 4, expected_on_hand: 10 });

    expect(answer.body).toEqual({ product_id: id, on_hand: 4, reserved: 2, available: 2 });
    expect((await storedStock()).movements.map(({ delta }) => delta)).toEqual([10, -6]);
    expect(await ledgerSum(id)).toBe(4);
  });

  it('leaves no trace where the books were right', async () => {
    const id = await product({ onHand: 10 });
    const before = await storedStock();

    const answer = await count(id, { on_hand: 10, expected_on_hand: 10 });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ product_id: id, on_hand: 10, reserved: 0, available: 10 });
    expect(await storedStock()).toEqual(before);
  });

  it('refuses a count that began with other books, and says the present number', async () => {
    const id = await product({ onHand: 10 });
    const before = await storedStock();

    const answer = await count(id, { on_hand: 4, expected_on_hand: 9 });

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'stock_changed', product_id: id, on_hand: 10 });
    expect(await storedStock()).toEqual(before);
  });

  it('refuses to leave less than is reserved', async () => {
    const id = await product({ onHand: 10, reserved: 3 });
    const before = await storedStock();

    const refused = await count(id, { on_hand: 2 });
    const after = await storedStock();
    const least = await count(id, { on_hand: 3 });

    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'stock_below_reserved', product_id: id, on_hand: 10, reserved: 3 });
    expect(after).toEqual(before);
    expect(least.body).toEqual({ product_id: id, on_hand: 3, reserved: 3, available: 0 });
  });

  it.each([
    ...[-1, 1.5, '5', 1e21, 2 ** 53, 1_000_000_001, null].map((value) => ['on_hand', value] as const),
    ...[-1, 1.5, '5', 1e21, null].map((value) => ['expected_on_hand', value] as const),
    ['reserved', 0] as const,
  ])('refuses %s = %j', async (field, value) => {
    const id = await product({ onHand: 10 });
    const before = await storedStock();

    const answer = await count(id, { on_hand: 5, [field]: value });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await storedStock()).toEqual(before);
  });

  it('answers 404 for an unknown product and opens no level for it', async () => {
    const answers = [await count(newId('prod'), { on_hand: 1 }), await count('mug', { on_hand: 1 })];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'product_not_found'],
      [404, 'product_not_found'],
    ]);
    expect(await storedStock()).toEqual({ levels: [], movements: [] });
  });
});

describe('adjusting', () => {
  it('books units that came and went, with the reason', async () => {
    const id = await product();

    const came = await adjust(id, { delta: 8, reason: 'found behind the shelf' });
    const went = await adjust(id, { delta: -3, reason: 'broken' });

    const { movements } = await storedStock();
    expect([came.status, came.body]).toEqual([200, { product_id: id, on_hand: 8, reserved: 0, available: 8 }]);
    expect([went.status, went.body]).toEqual([200, { product_id: id, on_hand: 5, reserved: 0, available: 5 }]);
    expect(movements.map(({ delta, kind, reason }) => [delta, kind, reason])).toEqual([
      [8, 'adjustment', 'found behind the shelf'],
      [-3, 'adjustment', 'broken'],
    ]);
    expect(movements.map(({ cause }) => cause)).toEqual(movements.map(({ id: own }) => `adjustment:${String(own)}`));
  });

  it('takes effect once per key and repeats its answer byte for byte', async () => {
    const id = await product({ onHand: 5 });
    const key = newId('key');

    const first = await adjust(id, { delta: 2, reason: 'found' }, key);
    const repeats = await Promise.all(
      Array.from({ length: 4 }, () => adjust(id, { delta: 2, reason: 'found' }, `"${key}"`)),
    );
    const other = await adjust(id, { delta: 3, reason: 'found' }, key);

    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(repeats.map(({ status, text }) => [status, text])).toEqual(Array(4).fill([200, first.text]));
    expect(repeats.map(({ headers }) => headers['idempotent-replayed'])).toEqual(Array(4).fill('true'));
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await storedStock()).levels).toEqual([{ product_id: id, on_hand: 7, reserved: 0 }]);
    expect((await storedStock()).movements).toHaveLength(2);
  });

  it('takes effect once when the same request comes several times at the same moment', async () => {
    const id = await product({ onHand: 5 });
    const key = newId('key');

    const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(id, { delta: 2, reason: 'found' }, key)));

    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(
      answers.filter(({ status }) => status === 409).every(({ body }) => body.code === 'idempotency_key_in_use'),
    ).toBe(true);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await storedStock()).levels).toEqual([{ product_id: id, on_hand: 7, reserved: 0 }]);
    expect((await storedStock()).movements).toHaveLength(2);
  });

  it('refuses to leave less than is reserved, and remembers the refusal', async () => {
    const id = await product({ onHand: 10, reserved: 4 });
    const before = await storedStock();
    const key = newId('key');

    const refused = await adjust(id, { delta: -7, reason: 'broken' }, key);
    const after = await storedStock();
    await adjust(id, { delta: 5, reason: 'found' });
    const repeated = await adjust(id, { delta: -7, reason: 'broken' }, key);

    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: 'stock_below_reserved', product_id: id, on_hand: 10, reserved: 4 });
    expect(after).toEqual(before);
    expect([repeated.status, repeated.text]).toEqual([409, refused.text]);
    expect((await storedStock()).levels).toEqual([{ product_id: id, on_hand: 15, reserved: 4 }]);
  });

  it('never lets stock fall below zero', async () => {
    const id = await product();

    const answer = await adjust(id, { delta: -1, reason: 'broken' });

    expect(answer.body).toMatchObject({ code: 'stock_below_reserved', on_hand: 0, reserved: 0 });
    expect((await storedStock()).movements).toEqual([]);
  });

  it.each([
    ['idempotency_key_required', undefined],
    ['idempotency_key_invalid', 'k'.repeat(256)],
  ])('refuses a request with %s', async (code, key) => {
    const id = await product();

    const answer = await api
      .admin()
      .post(`/v1/admin/inventory/${id}/adjustments`, { delta: 1, reason: 'found' }, key ? { idempotencyKey: key } : {});

    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(await storedStock()).toEqual({ levels: [], movements: [] });
  });

  it.each([
    ...[0, 1.5, '1', 1e21, 1_000_000_001, -1_000_000_001, null, undefined].map((value) => ['delta', value] as const),
    ...['', '  ', 'r'.repeat(201), 7, null, undefined].map((value) => ['reason', value] as const),
    ['on_hand', 5] as const,
  ])('refuses %s = %j, and does not remember it', async (field, value) => {
    const id = await product();
    const key = newId('key');

    const refused = await adjust(id, { delta: 1, reason: 'found', [field]: value }, key);
    const mended = await adjust(id, { delta: 1, reason: 'found' }, key);

    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect([mended.status, mended.body.on_hand]).toEqual([200, 1]);
  });

  it('answers 404 for an unknown product and keeps the key free', async () => {
    const key = newId('key');

    const answers = [
      await adjust(newId('prod'), { delta: 1, reason: 'found' }, key),
      await adjust('mug', { delta: 1, reason: 'found' }, key),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'product_not_found'],
      [404, 'product_not_found'],
    ]);
    expect(await api.database.query('SELECT id FROM idempotency_keys')).toEqual([]);
    expect(await storedStock()).toEqual({ levels: [], movements: [] });
  });
});

describe('the ledger', () => {
  it('lists the movements of one product, newest first, and sums up to what is on hand', async () => {
    const id = await product();
    await product({ onHand: 3 });
    await count(id, { on_hand: 20 });
    await adjust(id, { delta: -2, reason: 'broken' });
    await count(id, { on_hand: 21, expected_on_hand: 18 });

    const answer = await api.admin().get(`/v1/admin/inventory/${id}/movements`);

    const movement = (delta: number, kind: string, reason: string | null) => ({
      ...{ id: expect.stringMatching(/^mov_[0-7][0-9a-hjkmnp-tv-z]{25}$/), product_id: id, delta, kind, reason },
      cause: expect.stringMatching(`^${kind}:mov_`),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(answer.body).toEqual({
      movements: [movement(3, 'count', null), movement(-2, 'adjustment', 'broken'), movement(20, 'count', null)],
      ...{ total_count: 3, limit: 20, offset: 0, has_more: false },
    });
    expect(await ledgerSum(id)).toBe(21);
  });

  it('comes in pages', async () => {
    const id = await product();
    for (const units of [1, 2, 4]) await adjust(id, { delta: units, reason: 'found' });
    const path = `/v1/admin/inventory/${id}/movements?limit=2`;

    const first = await api.admin().get(path);
    const second = await api.admin().get(`${path}&starting_after=${first.body.movements[1].id}`);

    const deltas = ({ body }: { body: { movements: { delta: number }[] } }) => body.movements.map(({ delta }) => delta);
    expect([deltas(first), deltas(second)]).toEqual([[4, 2], [1]]);
    expect([first.body.has_more, second.body.has_more]).toEqual([true, false]);
    expect(second.body.total_count).toBe(3);
  });

  it('is empty for a product without stock, and not there for an unknown one', async () => {
    const id = await product();

    const empty = await api.admin().get(`/v1/admin/inventory/${id}/movements`);
    const unknown = await api.admin().get(`/v1/admin/inventory/${newId('prod')}/movements`);

    expect(empty.body).toEqual({ movements: [], total_count: 0, limit: 20, offset: 0, has_more: false });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'product_not_found']);
  });
});

//
describe('the guard', () => {
  it.each([
    ['get', ''],
    ['get', '/:id'],
    ['put', '/:id'],
    ['post', '/:id/adjustments'],
    ['get', '/:id/movements'],
  ] as const)('lets only admins %s %s', async (method, route) => {
    const path = `/v1/admin/inventory${route.replace(':id', await product({ onHand: 2 }))}`;
    const before = await storedStock();

    const nobody = await api.http[method](path);
    const customer = await api.customer()[method](path);

    expect([nobody.status, nobody.body.code]).toEqual([401, 'unauthorized']);
    expect([customer.status, customer.body.code]).toEqual([403, 'forbidden']);
    expect(await storedStock()).toEqual(before);
  });
});
