import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { buyCart, checkOut, everything, freshKey } from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const CARD = { payment_method: 'pm_card_visa' };

describe('an empty cart', () => {
  //
  it.each([
    ['was never filled', async () => api.customer()],
    [
      'was emptied',
      async () => {
        const buyer = api.customer();
        await buyer.put('/v1/cart', { items: [{ product_id: await stockedProduct(api), quantity: 1 }] }).expect(200);
        await buyer.delete('/v1/cart').expect(200);
        return buyer;
      },
    ],
    [
      'was just checked out',
      async () => {
        const buyer = api.customer();
        await buyCart(buyer, [{ product_id: await stockedProduct(api), quantity: 1 }], CARD);
        return buyer;
      },
    ],
  ])('that %s cannot be checked out', async (_, buyerOf) => {
    const buyer = await buyerOf();
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'order_cart_empty', instance: '/v1/orders/checkout' });
    expect(await everything(api)).toEqual(before);
  });
});

describe('a cart with products that are not for sale', () => {
  it('is refused with every one of them, by title', async () => {
    const mug = await stockedProduct(api, { title: 'Mug' });
    const hidden = await stockedProduct(api, { title: 'Hidden plate' });
    const gone = await stockedProduct(api, { title: 'Discontinued bowl' });
    const buyer = api.customer();
    const lines = [mug, hidden, gone].map((id) => ({ product_id: id, quantity: 1 }));
    await buyer.put('/v1/cart', { items: lines }).expect(200);
    await api.admin().patch(`/v1/admin/products/${hidden}`, { active: false }).expect(200);
    await api.admin().delete(`/v1/admin/products/${gone}`).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'product_unavailable',
      detail: 'Not for sale: Hidden plate, Discontinued bowl.',
      items: [
        { product_id: hidden, title: 'Hidden plate' },
        { product_id: gone, title: 'Discontinued bowl' },
      ],
    });
    expect(await everything(api)).toEqual(before);
  });
});

//
describe('a cart with more than there is', () => {
  it('is refused with every short item, and not with the others', async () => {
    const enough = await stockedProduct(api, { title: 'Mug', onHand: 5 });
    const tooFew = await stockedProduct(api, { title: 'Plate', onHand: 2 });
    const none = await stockedProduct(api, { title: 'Bowl', onHand: 0 });
    const buyer = api.customer();
    const lines = [
      { product_id: enough, quantity: 5 },
      { product_id: none, quantity: 1 },
      { product_id: tooFew, quantity: 3 },
    ];
    await buyer.put('/v1/cart', { items: lines }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'order_insufficient_stock',
      detail: 'Not enough in stock (Plate: 2 of 3, Bowl: 0 of 1).',
      items: [
        { product_id: tooFew, title: 'Plate', requested: 3, available: 2 },
        { product_id: none, title: 'Bowl', requested: 1, available: 0 },
      ],
    });
    expect(await everything(api)).toEqual(before);
  });

  it('counts what others hold as gone', async () => {
    const mug = await stockedProduct(api, { title: 'Mug', onHand: 3 });
    await buyCart(api.customer(), [{ product_id: mug, quantity: 2 }]);
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: mug, quantity: 2 }] }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.body.items).toEqual([{ product_id: mug, title: 'Mug', requested: 2, available: 1 }]);
    expect(await everything(api)).toEqual(before);
  });
});

describe('a cart that became something else', () => {
  it('is refused where the total is not the one that the buyer was shown', async () => {
    const mug = await stockedProduct(api, { unitPrice: 2_500 });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: mug, quantity: 2 }] }).expect(200);
    await api.admin().patch(`/v1/admin/products/${mug}`, { unit_price: 2_600 }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, { ...CARD, expected_total: 5_649 });

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'price_changed', expected_total: 5_649, total_amount: 5_849 });
    expect(await everything(api)).toEqual(before);
  });

  it('is refused where its products are no longer priced in one currency', async () => {
    const mug = await stockedProduct(api);
    const plate = await stockedProduct(api);
    const buyer = api.customer();
    const lines = [mug, plate].map((id) => ({ product_id: id, quantity: 1 }));
    await buyer.put('/v1/cart', { items: lines }).expect(200);
    await api.admin().patch(`/v1/admin/products/${plate}`, { currency: 'eur' }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'currency_mismatch', currencies: ['usd', 'eur'] });
    expect(await everything(api)).toEqual(before);
  });

  it('is refused where one payment could not carry it', async () => {
    const yacht = await stockedProduct(api, { unitPrice: 50_000_000 });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: yacht, quantity: 2 }] }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, CARD);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'amount_too_large', limit: 99_999_999 });
    expect(await everything(api)).toEqual(before);
  });
});

describe('a checkout that says too little, too much or nonsense', () => {
  it.each<[string, object]>([
    ['shipping_address', { shipping_address: undefined }],
    ['shipping_address', { shipping_address: null }],
    ['shipping_address', { shipping_address: 'Market St' }],
    ['shipping_address', { shipping_address: [] }],
    ['shipping_address.line1', { shipping_address: { ...US_ADDRESS, line1: '' } }],
    ['shipping_address.city', { shipping_address: { ...US_ADDRESS, city: 7 } }],
    ['shipping_address.planet', { shipping_address: { ...US_ADDRESS, planet: 'Earth' } }],
    ['payment_method', { payment_method: 'tok_visa' }],
    ['payment_method', { payment_method: '' }],
    ['payment_method', { payment_method: { id: 'pm_card_visa' } }],
    ['provider', { provider: 'paypal' }],
    ['expected_total', { expected_total: -1 }],
    ['expected_total', { expected_total: 1.5 }],
    ['expected_total', { expected_total: '5649' }],
    ['expected_total', { expected_total: 2 ** 53 }],
    ['status', { status: 'paid' }],
    ['total', { total: 1 }],
    ['total_amount', { total_amount: 1 }],
    ['customer_id', { customer_id: 'somebody-else' }],
    ['role', { role: 'admin' }],
    ['items', { items: [] }],
    ['idempotency_key', { idempotency_key: 'in-the-body' }],
  ])('is refused because of %s: %j', async (field, body) => {
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: await stockedProduct(api), quantity: 1 }] }).expect(200);
    const before = await everything(api);

    const answer = await checkOut(buyer, { ...CARD, ...body });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });

  it('cannot reach into prototypes', async () => {
    const body = `{"shipping_address":${JSON.stringify(US_ADDRESS)},"__proto__":{"status":"paid"}}`;

    const answer = await api.http
      .post('/v1/orders/checkout')
      .set({ ...api.customer().headers, 'Idempotency-Key': freshKey(), 'content-type': 'application/json' })
      .send(body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: '__proto__' }] });
  });
});

describe('two checkouts of one cart at once', () => {
  //
  it('make one order and one charge', async () => {
    const mug = await stockedProduct(api, { onHand: 10 });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: mug, quantity: 2 }] }).expect(200);

    const answers = await Promise.all([checkOut(buyer, CARD), checkOut(buyer, CARD), checkOut(buyer, CARD)]);

    const statuses = answers.map(({ status }) => status).sort();
    const refusals = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    for (const code of refusals) expect(['order_cart_empty', 'cart_changed']).toContain(code);
    const { body } = await buyer.get('/v1/orders');
    expect(body.total_count).toBe(1);
    const stock = await api.database.query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [mug]);
    expect(stock).toEqual([{ on_hand: 8, reserved: 0 }]);
  });
});
