import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { addProduct, type ProductOptions, type TestProduct } from '../support/products.js';
import { recordStatements } from '../support/statements.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const product = (options: ProductOptions = {}) =>
  addProduct((text, parameters) => api.database.query(text, parameters), options);

async function products(count: number): Promise<TestProduct[]> {
  const made: TestProduct[] = [];
  for (let place = 0; place < count; place += 1) made.push(await product({ title: `Product ${place}` }));
  return made;
}

const lines = (body: { items: { product_id: string; quantity: number }[] }): [string, number][] =>
  body.items.map(({ product_id, quantity }) => [product_id, quantity]);

describe('a cart that was never filled', () => {
  it('is empty, has version 0 and writes no row', async () => {
    const customer = api.customer();

    const first = await customer.get('/v1/cart');
    const second = await customer.get('/v1/cart');

    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      id: expect.stringMatching(/^cart_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
      items: [],
      subtotal: 0,
      currency: null,
      version: 0,
    });
    expect(second.body).toEqual(first.body);
    expect(await api.database.query('SELECT id FROM carts WHERE customer_id = $1', [customer.id])).toEqual([]);
  });

  it('keeps its id when it is filled', async () => {
    const customer = api.customer();
    const mug = await product();
    const empty = await customer.get('/v1/cart');

    const filled = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    expect(filled.body.id).toBe(empty.body.id);
  });

  it('can be emptied without a row being written', async () => {
    const customer = api.customer();

    const answer = await customer.delete('/v1/cart');

    expect(answer.status).toBe(200);
    expect(answer.body.version).toBe(0);
    expect(await api.database.query('SELECT id FROM carts WHERE customer_id = $1', [customer.id])).toEqual([]);
  });
});

describe('adding', () => {
  it('answers the cart with live prices and stock', async () => {
    const customer = api.customer();
    const mug = await product({ title: 'Blue mug', unitPrice: 2_500, onHand: 7, reserved: 3 });

    const answer = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 2 });

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^cart_/),
      items: [
        {
          product_id: mug.id,
          sku: mug.sku,
          title: 'Blue mug',
          quantity: 2,
          unit_price: 2_500,
          line_total: 5_000,
          available_quantity: 4,
        },
      ],
      subtotal: 5_000,
      currency: 'usd',
      version: 1,
    });
    expect((await customer.get('/v1/cart')).body).toEqual(answer.body);
  });

  it('adds to what the cart has of a product, in the order of the first time', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);
    await customer.post('/v1/cart/items', { product_id: mug?.id, quantity: 2 });
    await customer.post('/v1/cart/items', { product_id: plate?.id, quantity: 1 });

    const answer = await customer.post('/v1/cart/items', { product_id: mug?.id, quantity: 3 });

    expect(lines(answer.body)).toEqual([
      [mug?.id, 5],
      [plate?.id, 1],
    ]);
    expect(answer.body.subtotal).toBe(6 * 1_250);
    expect(answer.body.version).toBe(3);
    expect((await customer.get('/v1/cart')).body).toEqual(answer.body);
  });

  it('allows more than is available', async () => {
    const customer = api.customer();
    const scarce = await product({ onHand: 1 });

    const answer = await customer.post('/v1/cart/items', { product_id: scarce.id, quantity: 5 });

    expect(answer.status).toBe(200);
    expect(answer.body.items[0]).toMatchObject({ quantity: 5, available_quantity: 1 });
  });

  it('shows nothing available of a product without a stock row', async () => {
    const customer = api.customer();
    const unstocked = await product();

    const answer = await customer.post('/v1/cart/items', { product_id: unstocked.id, quantity: 1 });

    expect(answer.body.items[0].available_quantity).toBe(0);
  });

  it('loses no update when many requests of one customer run at once', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        customer.post('/v1/cart/items', { product_id: (place % 2 === 0 ? mug : plate)?.id, quantity: 1 }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    const { body } = await customer.get('/v1/cart');
    expect(new Map(lines(body))).toEqual(
      new Map([
        [mug?.id, 10],
        [plate?.id, 10],
      ]),
    );
    expect(body.version).toBe(20);
  });
});

describe('setting one product', () => {
  it('puts it in, changes it, and takes it out with 0', async () => {
    const customer = api.customer();
    const mug = await product();

    const put = await customer.put(`/v1/cart/items/${mug.id}`, { quantity: 4 });
    const changed = await customer.put(`/v1/cart/items/${mug.id}`, { quantity: 10_000 });
    const gone = await customer.put(`/v1/cart/items/${mug.id}`, { quantity: 0 });

    expect(lines(put.body)).toEqual([[mug.id, 4]]);
    expect(lines(changed.body)).toEqual([[mug.id, 10_000]]);
    expect(gone.status).toBe(200);
    expect(gone.body).toEqual({ ...put.body, items: [], subtotal: 0, currency: null, version: 3 });
  });

  it('takes out a product that is not in, without a new version', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);
    const before = await customer.put(`/v1/cart/items/${mug?.id}`, { quantity: 1 });

    const answer = await customer.delete(`/v1/cart/items/${plate?.id}`);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(before.body);
  });

  it('takes out one product and leaves the others', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);
    await customer.put(`/v1/cart/items/${mug?.id}`, { quantity: 1 });
    await customer.put(`/v1/cart/items/${plate?.id}`, { quantity: 2 });

    const answer = await customer.delete(`/v1/cart/items/${mug?.id}`);

    expect(lines(answer.body)).toEqual([[plate?.id, 2]]);
    expect(answer.body.version).toBe(3);
  });

  it('takes a product out of a cart that was never filled', async () => {
    const customer = api.customer();

    const answer = await customer.delete(`/v1/cart/items/${newId('prod')}`);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ items: [], version: 0 });
  });
});

describe('replacing the whole cart', () => {
  it('makes the given lines the only ones, in their order', async () => {
    const customer = api.customer();
    const [mug, plate, bowl] = await products(3);
    await customer.post('/v1/cart/items', { product_id: mug?.id, quantity: 1 });
    await customer.post('/v1/cart/items', { product_id: plate?.id, quantity: 1 });

    const answer = await customer.put('/v1/cart', {
      items: [
        { product_id: bowl?.id, quantity: 3 },
        { product_id: mug?.id, quantity: 2 },
      ],
    });

    expect(answer.status).toBe(200);
    expect(lines(answer.body)).toEqual([
      [bowl?.id, 3],
      [mug?.id, 2],
    ]);
    expect(answer.body).toMatchObject({ subtotal: 5 * 1_250, currency: 'usd', version: 3 });
    expect((await customer.get('/v1/cart')).body).toEqual(answer.body);
  });

  it('adds two lines of one product together', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);

    const answer = await customer.put('/v1/cart', {
      items: [
        { product_id: mug?.id, quantity: 1 },
        { product_id: plate?.id, quantity: 1 },
        { product_id: mug?.id, quantity: 2 },
      ],
    });

    expect(lines(answer.body)).toEqual([
      [mug?.id, 3],
      [plate?.id, 1],
    ]);
  });

  it('empties the cart with no lines', async () => {
    const customer = api.customer();
    const mug = await product();
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    const answer = await customer.put('/v1/cart', { items: [] });

    expect(answer.body).toMatchObject({ items: [], subtotal: 0, currency: null, version: 2 });
  });

  it('takes one statement, which is a transaction by itself', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);
    const items = [mug, plate].map((one) => ({ product_id: one?.id, quantity: 1 }));
    await customer.put('/v1/cart', { items });

    const log = await recordStatements(async () => {
      await customer.put('/v1/cart', { items: [...items].reverse() });
    });

    expect(log.count).toBe(1);
    expect(log.all.filter(({ text }) => /^(start transaction|begin)/i.test(text))).toHaveLength(0);
  });

  it('leaves the lines of one request when several run at once', async () => {
    const customer = api.customer();
    const made = await products(6);
    const wanted = made.map((one) => [one.id, 1]);

    await Promise.all(made.map((one) => customer.put('/v1/cart', { items: [{ product_id: one.id, quantity: 1 }] })));

    const { body } = await customer.get('/v1/cart');
    expect(body.version).toBe(6);
    expect(body.items).toHaveLength(1);
    expect(wanted).toContainEqual(lines(body)[0]);
  });
});

describe('emptying', () => {
  it('takes everything out once', async () => {
    const customer = api.customer();
    const mug = await product();
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    const first = await customer.delete('/v1/cart');
    const second = await customer.delete('/v1/cart');

    expect(first.body).toMatchObject({ items: [], subtotal: 0, currency: null, version: 2 });
    expect(second.body).toEqual(first.body);
  });
});

describe('the catalogue behind a cart', () => {
  it('shows the price and the title of this moment', async () => {
    const customer = api.customer();
    const mug = await product({ unitPrice: 1_000 });
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 2 });
    await api.database.query(`UPDATE products SET unit_price = 1500, title = 'Green mug' WHERE id = $1`, [mug.id]);

    const answer = await customer.get('/v1/cart');

    expect(answer.body.items[0]).toMatchObject({ title: 'Green mug', unit_price: 1_500, line_total: 3_000 });
    expect(answer.body.subtotal).toBe(3_000);
  });

  it('keeps a line whose product went off sale, with nothing available', async () => {
    const customer = api.customer();
    const mug = await product({ onHand: 9 });
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 2 });
    await api.admin().delete(`/v1/admin/products/${mug.id}`).expect(200);

    const answer = await customer.get('/v1/cart');

    expect(answer.body.items[0]).toMatchObject({ product_id: mug.id, quantity: 2, available_quantity: 0 });
    expect(answer.body.subtotal).toBe(2_500);
  });

  it('lets a product that went off sale be taken out', async () => {
    const customer = api.customer();
    const mug = await product();
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 2 });
    await api.database.query('UPDATE products SET active = false WHERE id = $1', [mug.id]);

    const answer = await customer.put(`/v1/cart/items/${mug.id}`, { quantity: 0 });

    expect(answer.body.items).toEqual([]);
  });

  it('counts no line that was priced anew in another currency', async () => {
    const customer = api.customer();
    const [mug, plate] = await products(2);
    await customer.put(`/v1/cart/items/${mug?.id}`, { quantity: 1 });
    await customer.put(`/v1/cart/items/${plate?.id}`, { quantity: 1 });
    await api.database.query(`UPDATE products SET currency = 'eur' WHERE id = $1`, [plate?.id]);

    const answer = await customer.get('/v1/cart');

    expect(answer.body).toMatchObject({ subtotal: 1_250, currency: 'usd' });
    expect(answer.body.items).toHaveLength(2);
  });
});

describe('what a cart refuses', () => {
  it.each([
    ['unknown', () => Promise.resolve({ id: newId('prod') })],
    ['off sale', () => product({ active: false })],
    ['archived', () => product({ archived: true })],
  ])('a product that is %s', async (_, make) => {
    const customer = api.customer();
    const mug = await product();
    const before = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });
    const { id } = await make();

    const answers = [
      await customer.post('/v1/cart/items', { product_id: id, quantity: 1 }),
      await customer.put(`/v1/cart/items/${id}`, { quantity: 1 }),
      await customer.put('/v1/cart', { items: [{ product_id: id, quantity: 1 }] }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ code: 'product_not_found', product_id: id });
    }
    expect((await customer.get('/v1/cart')).body).toEqual(before.body);
  });

  it.each(['nonsense', 'prod_', 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q', 'prod_01KAF5D3M0E9WTSZ1V5B7X2Y4Q', '%00', '💥'])(
    'the product id %s',
    async (id) => {
      const customer = api.customer();

      const answers = [
        await customer.put(`/v1/cart/items/${id}`, { quantity: 1 }),
        await customer.delete(`/v1/cart/items/${encodeURIComponent(id)}`),
        await customer.post('/v1/cart/items', { product_id: id, quantity: 1 }),
      ];

      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
        answers.map(() => [404, 'product_not_found']),
      );
    },
  );

  it('more than 10 000 units of a product', async () => {
    const customer = api.customer();
    const mug = await product();
    const before = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 9_999 });

    const answers = [
      await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 2 }),
      await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 10_001 }),
      await customer.put(`/v1/cart/items/${mug.id}`, { quantity: 10_001 }),
      await customer.put('/v1/cart', { items: [{ product_id: mug.id, quantity: 2 ** 31 }] }),
      await customer.put('/v1/cart', {
        items: [
          { product_id: mug.id, quantity: 6_000 },
          { product_id: mug.id, quantity: 6_000 },
        ],
      }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'cart_limit_exceeded', maximum_quantity: 10_000, product_id: mug.id });
    }
    expect((await customer.get('/v1/cart')).body).toEqual(before.body);
  });

  it('more than 100 lines', async () => {
    const customer = api.customer();
    const made = await products(101);
    const items = made.map((one) => ({ product_id: one.id, quantity: 1 }));
    const full = await customer.put('/v1/cart', { items: items.slice(0, 100) });

    const answers = [
      await customer.put('/v1/cart', { items }),
      await customer.post('/v1/cart/items', items[100]),
      await customer.put(`/v1/cart/items/${made[100]?.id}`, { quantity: 1 }),
    ];

    expect(full.status).toBe(200);
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'cart_limit_exceeded', maximum_lines: 100 });
    }
    expect((await customer.get('/v1/cart')).body).toEqual(full.body);
  });

  it('a second currency', async () => {
    const customer = api.customer();
    const mug = await product();
    const euro = await product({ currency: 'eur' });
    const before = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    const answers = [
      await customer.post('/v1/cart/items', { product_id: euro.id, quantity: 1 }),
      await customer.put(`/v1/cart/items/${euro.id}`, { quantity: 1 }),
      await customer.put('/v1/cart', { items: [mug, euro].map(({ id }) => ({ product_id: id, quantity: 1 })) }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'currency_mismatch', currencies: ['eur', 'usd'] });
    }
    expect((await customer.get('/v1/cart')).body).toEqual(before.body);
  });

  it('but a cart may change its currency as a whole', async () => {
    const customer = api.customer();
    const mug = await product();
    const euro = await product({ currency: 'eur' });
    await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    const answer = await customer.put('/v1/cart', { items: [{ product_id: euro.id, quantity: 1 }] });

    expect(answer.status).toBe(200);
    expect(answer.body.currency).toBe('eur');
  });

  it.each([
    ['zero', 0],
    ['negative', -1],
    ['a fraction', 1.5],
    ['a text', '1'],
    ['null', null],
    ['beyond exact integers', 2 ** 53],
    ['huge', 1e21],
    ['a list', [1]],
    ['missing', undefined],
  ])('a quantity that is %s', async (_, quantity) => {
    const customer = api.customer();
    const mug = await product();

    const answers = [
      await customer.post('/v1/cart/items', { product_id: mug.id, quantity }),
      await customer.put('/v1/cart', { items: [{ product_id: mug.id, quantity }] }),
    ];

    expect(answers.map(({ status, body }) => [status, body.code, body.errors[0].field])).toEqual([
      [422, 'validation_failed', 'quantity'],
      [422, 'validation_failed', 'items.0.quantity'],
    ]);
    expect((await customer.get('/v1/cart')).body.version).toBe(0);
  });

  it.each([
    ['no lines at all', {}],
    ['lines that are no list', { items: {} }],
    ['a line that is no object', { items: [null] }],
    ['a line that is a list', { items: [[]] }],
    ['a line without a product', { items: [{ quantity: 1 }] }],
    ['a price of its own', { items: [{ product_id: newId('prod'), quantity: 1, unit_price: 1 }] }],
    ['another customer', { items: [], customer_id: 'mallory' }],
  ])('a body with %s', async (_, body) => {
    const answer = await api.customer().put('/v1/cart', body);

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
  });
});

describe('whose cart it is', () => {
  it('everybody has his own', async () => {
    const mug = await product();
    const callers = [api.customer(), api.customer(), api.admin(`admin_${newId('cart')}`)];

    const answers = [];
    for (const [place, caller] of callers.entries()) {
      answers.push(await caller.post('/v1/cart/items', { product_id: mug.id, quantity: place + 1 }));
    }

    expect(answers.map(({ body }) => lines(body))).toEqual([[[mug.id, 1]], [[mug.id, 2]], [[mug.id, 3]]]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
  });

  it('nobody has one without a token', async () => {
    const answers = [
      await api.http.get('/v1/cart'),
      await api.http.put('/v1/cart').send({ items: [] }),
      await api.http.delete('/v1/cart'),
      await api.http.post('/v1/cart/items').send({}),
      await api.http.post('/v1/cart/merge').send({}),
      await api.internal().get('/v1/cart'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [401, 'unauthorized']));
  });
});
