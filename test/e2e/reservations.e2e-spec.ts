import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectInvariants } from '../support/invariants.js';
import { addProduct, type ProductOptions } from '../support/products.js';
import { order, stockOf } from '../support/storefront.js';

const ROUTE = '/v1/inventory/reservations';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  await api.database.truncateAll();
  await api.redis.flushdb();
});
afterAll(() => api.close());

const product = async (options: ProductOptions = {}): Promise<string> =>
  (await addProduct((text, parameters) => api.database.query(text, parameters), { onHand: 5, ...options })).id;
const line = (productId: string, quantity: number) => ({ product_id: productId, quantity });
const reserve = (items: readonly object[], body: object = {}) =>
  api.internal().post(ROUTE, { reference: 'till-7', items, ...body });
const settle = (id: string, word: string) => api.internal().post(`${ROUTE}/${id}/${word}`);

/** Everything that is stored about stock, so that a refusal can be seen to have changed nothing. */
const stored = async () => ({
  levels: await api.database.query('SELECT product_id, on_hand, reserved FROM stock_levels ORDER BY 1'),
  movements: await api.database.query('SELECT * FROM stock_movements ORDER BY id'),
  reservations: await api.database.query('SELECT * FROM reservations ORDER BY id'),
  lines: await api.database.query('SELECT * FROM reservation_lines ORDER BY 1, 2'),
});
const sales = () =>
  api.database.query(`SELECT product_id, delta, cause FROM stock_movements WHERE kind = 'sale' ORDER BY product_id`);

//
describe('a reservation of another service', () => {
  it('lowers what is available, and shows itself in Redis for 900 seconds', async () => {
    const [mug, cup] = [await product(), await product()];

    const answer = await reserve([line(cup, 1), line(mug, 2), line(mug, 1)]).expect(201);

    expect(answer.body).toEqual({
      id: expect.stringMatching(/^rsv_/),
      ...{ order_id: null, reference: 'till-7', status: 'active' },
      items: [line(mug, 3), line(cup, 1)],
      expires_at: expect.any(String),
    });
    expect([await stockOf(api, mug), await stockOf(api, cup)]).toEqual([
      [5, 3],
      [5, 1],
    ]);
    const [held] = await api.database.query(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS ttl FROM reservations`,
    );
    expect(held).toEqual({ ttl: 900 });
    expect(await api.redis.get(`reservation:${answer.body.id}`)).toBe('till-7');
    expect(await api.redis.ttl(`reservation:${answer.body.id}`)).toBeGreaterThan(890);
    expect(await api.redis.ttl(`reservation:${answer.body.id}`)).toBeLessThanOrEqual(900);
    await expectInvariants(api.database);
  });

  it('lives as long as it was asked for', async () => {
    const answer = await reserve([line(await product(), 1)], { ttl_seconds: 604_800 }).expect(201);

    expect(await api.redis.ttl(`reservation:${answer.body.id}`)).toBeGreaterThan(604_790);
    const [held] = await api.database.query(
      `SELECT extract(epoch FROM expires_at - created_at)::int AS ttl FROM reservations`,
    );
    expect(held).toEqual({ ttl: 604_800 });
  });

  it('is one for a reference, however often and with whatever it is asked for', async () => {
    const mug = await product();
    const first = await reserve([line(mug, 2)]).expect(201);
    const before = await stored();

    const again = await reserve([line(mug, 2)]).expect(201);
    const others = await reserve([line(mug, 5)], { ttl_seconds: 1 }).expect(201);

    expect([again.body, others.body]).toEqual([first.body, first.body]);
    expect(await stored()).toEqual(before);
  });

  it('stays what it became when its reference comes again', async () => {
    const mug = await product();
    const { body } = await reserve([line(mug, 2)]).expect(201);
    await settle(body.id, 'release').expect(200);

    const again = await reserve([line(mug, 2)]).expect(201);

    expect(again.body).toEqual({ ...body, status: 'released' });
    expect(await stockOf(api, mug)).toEqual([5, 0]);
  });

  it('of the last units, asked for ten times at once, is made once', async () => {
    const [mug, cup] = [await product(), await product()];
    const requests = Array.from({ length: 10 }, (_, place) =>
      reserve(place % 2 === 0 ? [line(mug, 5)] : [line(mug, 5), line(cup, 5)]),
    );

    const answers = await Promise.all(requests);

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await stockOf(api, mug)).toEqual([5, 5]);
    await expectInvariants(api.database);
  });

  it('is refused where one of several lines is short: every short one is listed, nothing is held', async () => {
    const [enough, few, never] = [await product(), await product({ onHand: 3 }), await product({ onHand: 0 })];
    const before = await stored();

    const answer = await reserve([line(enough, 5), line(few, 2), line(few, 2), line(never, 1)]).expect(409);

    expect(answer.body).toMatchObject({
      ...{ status: 409, code: 'insufficient_stock' },
      items: [
        { product_id: few, requested: 4, available: 3 },
        { product_id: never, requested: 1, available: 0 },
      ],
    });
    expect(await stored()).toEqual(before);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
  });

  it.each([
    ['never existed', () => Promise.resolve<string>(newId('prod'))],
    ['has an id of another form', () => Promise.resolve('mug')],
    ['was archived', () => product({ archived: true })],
  ])('is refused where a product %s', async (_, missing) => {
    const [mug, unknown] = [await product(), await missing()];
    const before = await stored();

    const answer = await reserve([line(mug, 1), line(unknown, 1)]).expect(404);

    expect(answer.body).toMatchObject({ code: 'product_not_found', product_id: unknown });
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['reference', { reference: '' }],
    ['reference', { reference: ' \u3000' }],
    ['reference', { reference: 'x'.repeat(256) }],
    ['reference', { reference: 7 }],
    ['items', { items: [] }],
    ['items', { items: Array.from({ length: 101 }, () => line('prod_1', 1)) }],
    ['items', { items: 'prod_1' }],
    ['items.0.quantity', { items: [line('prod_1', 0)] }],
    ['items.0.quantity', { items: [line('prod_1', -1)] }],
    ['items.0.quantity', { items: [line('prod_1', 1.5)] }],
    ['items.0.quantity', { items: [line('prod_1', 2 ** 31)] }],
    ['items.0.quantity', { items: [line('prod_1', 2 ** 53)] }],
    ['items.0.quantity', { items: [{ product_id: 'prod_1', quantity: '1' }] }],
    ['ttl_seconds', { ttl_seconds: 0 }],
    ['ttl_seconds', { ttl_seconds: 604_801 }],
    ['ttl_seconds', { ttl_seconds: 1.5 }],
    ['ttl_seconds', { ttl_seconds: null }],
    ['status', { status: 'confirmed' }],
  ])('is refused for a bad %s: %j', async (field, body) => {
    const answer = await reserve([line('prod_1', 1)], body).expect(422);

    expect(answer.body.code).toBe('validation_failed');
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect((await stored()).reservations).toEqual([]);
  });

  it('is for the internal key alone', async () => {
    const body = { reference: 'till-7', items: [line(await product(), 1)] };

    const answers = [
      await api.http.post(ROUTE).send(body),
      await api.customer().post(ROUTE, body),
      await api.admin().post(ROUTE, body),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await stored()).reservations).toEqual([]);
  });
});

describe('a reservation that is committed', () => {
  it('lowers what is on hand for good, with one movement a product, and clears its key', async () => {
    const [mug, cup] = [await product(), await product()];
    const { body } = await reserve([line(mug, 5), line(cup, 1)]).expect(201);

    const answer = await settle(body.id, 'commit').expect(200);

    expect(answer.body).toEqual({ ...body, status: 'confirmed' });
    expect([await stockOf(api, mug), await stockOf(api, cup)]).toEqual([
      [0, 0],
      [4, 0],
    ]);
    expect(await sales()).toEqual([
      { product_id: mug, delta: -5, cause: body.id },
      { product_id: cup, delta: -1, cause: body.id },
    ]);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
    await expectInvariants(api.database);
  });

  it('takes effect once; it cannot be released any more', async () => {
    const mug = await product();
    const { body } = await reserve([line(mug, 2)]).expect(201);
    const first = await settle(body.id, 'commit').expect(200);
    const before = await stored();

    const again = await settle(body.id, 'commit').expect(200);
    const refused = await settle(body.id, 'release').expect(409);

    expect(again.body).toEqual(first.body);
    expect(refused.body).toMatchObject({
      ...{ status: 409, code: 'reservation_not_active', reservation_id: body.id, current_status: 'confirmed' },
    });
    expect(await stored()).toEqual(before);
  });

  it('is ours also after its time, as long as nobody ended it', async () => {
    const mug = await product();
    const { body } = await reserve([line(mug, 2)]).expect(201);
    await api.database.query(`UPDATE reservations SET expires_at = now() - interval '1 hour'`);

    const answer = await settle(body.id, 'commit').expect(200);

    expect(answer.body.status).toBe('confirmed');
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });
});

describe('a reservation that is released', () => {
  it('gives the units back without a movement, once; it cannot be committed any more', async () => {
    const mug = await product();
    const { body } = await reserve([line(mug, 2)]).expect(201);

    const answer = await settle(body.id, 'release').expect(200);
    const before = await stored();
    const again = await settle(body.id, 'release').expect(200);
    const refused = await settle(body.id, 'commit').expect(409);

    expect([answer.body, again.body]).toEqual([
      { ...body, status: 'released' },
      { ...body, status: 'released' },
    ]);
    expect(refused.body).toMatchObject({ code: 'reservation_not_active', current_status: 'released' });
    expect(await stored()).toEqual(before);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect(await sales()).toEqual([]);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
  });
});

describe('settling a reservation', () => {
  it('with both words many times at once ends it once, and one word wins', async () => {
    const mug = await product();
    const { body } = await reserve([line(mug, 2)]).expect(201);
    const words = Array.from({ length: 12 }, (_, place) => (place % 2 === 0 ? 'commit' : 'release'));

    const answers = await Promise.all(words.map((word) => settle(body.id, word)));

    const [held] = await api.database.query('SELECT status FROM reservations');
    const winner = held?.['status'] === 'confirmed' ? 'commit' : 'release';
    expect(answers.map(({ status }) => status)).toEqual(words.map((word) => (word === winner ? 200 : 409)));
    expect(await stockOf(api, mug)).toEqual(winner === 'commit' ? [3, 0] : [5, 0]);
    expect(await sales()).toHaveLength(winner === 'commit' ? 1 : 0);
  });

  it.each(['commit', 'release'])('knows nothing to %s where there is no such reservation', async (word) => {
    const answers = [await settle(newId('rsv'), word), await settle('rsv_1', word), await settle(newId('ord'), word)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'reservation_not_found'],
      [404, 'reservation_not_found'],
      [404, 'reservation_not_found'],
    ]);
  });

  it.each(['commit', 'release'])('leaves what an order holds to the order: no %s', async (word) => {
    const mug = await product();
    await order(api.customer(), [line(mug, 1)]).expect(201);
    const before = await stored();

    const answer = await settle(String(before.reservations[0]?.['id']), word).expect(404);

    expect(answer.body.code).toBe('reservation_not_found');
    expect(await stored()).toEqual(before);
  });

  it('is for the internal key alone', async () => {
    const { body } = await reserve([line(await product(), 1)]).expect(201);
    const before = await stored();

    const answers = [
      await api.admin().post(`${ROUTE}/${body.id}/commit`),
      await api.http.post(`${ROUTE}/${body.id}/release`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(await stored()).toEqual(before);
  });
});

describe('the list of reservations', () => {
  const list = (query = '') => api.admin().get(`/v1/admin/reservations${query}`);

  it('shows those of orders and of services, newest first', async () => {
    const mug = await product();
    const sold = await order(api.customer(), [line(mug, 1)]).expect(201);
    const held = await reserve([line(mug, 2)]).expect(201);

    const { body } = await list().expect(200);

    expect(body).toEqual({
      reservations: [
        held.body,
        {
          id: expect.stringMatching(/^rsv_/),
          ...{ order_id: sold.body.id, reference: null, status: 'active', items: [line(mug, 1)] },
          // The order tells its buyer the very moment that ends the hold.
          expires_at: sold.body.reservation_expires_at,
        },
      ],
      ...{ total_count: 2, limit: 20, offset: 0, has_more: false },
    });
  });

  it('can be narrowed to a status and to an order', async () => {
    const mug = await product();
    const sold = await order(api.customer(), [line(mug, 1)]).expect(201);
    const held = await reserve([line(mug, 2)]).expect(201);
    await settle(held.body.id, 'release').expect(200);

    const found = async (query: string): Promise<unknown[]> =>
      (await list(query).expect(200)).body.reservations.map((entry: { order_id: unknown }) => entry.order_id);

    expect(await found('?status=active')).toEqual([sold.body.id]);
    expect(await found('?status=released')).toEqual([null]);
    expect(await found('?status=expired')).toEqual([]);
    expect(await found(`?order_id=${sold.body.id}`)).toEqual([sold.body.id]);
    expect(await found(`?order_id=${sold.body.id}&status=released`)).toEqual([]);
  });

  it('comes in pages', async () => {
    const mug = await product();
    const ids: string[] = [];
    for (const reference of ['a', 'b', 'c']) {
      ids.unshift((await reserve([line(mug, 1)], { reference }).expect(201)).body.id);
    }

    const first = await list('?limit=2').expect(200);
    const second = await list(`?limit=2&starting_after=${ids[1]}`).expect(200);

    const idsOf = (body: { reservations: { id: string }[] }) => body.reservations.map(({ id }) => id);
    expect([idsOf(first.body), idsOf(second.body)]).toEqual([[ids[0], ids[1]], [ids[2]]]);
    expect([first.body.has_more, second.body.has_more]).toEqual([true, false]);
    expect([first.body.total_count, second.body.total_count]).toEqual([3, 3]);
  });

  it.each(['?status=open', '?status=', '?reference=till-7', '?limit=0'])('refuses %s', async (query) => {
    await list(query).expect(422);
  });
});
