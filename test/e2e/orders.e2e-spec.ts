import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { buyCart, cartOf, chargesOf, everything, ledgerOf, order, stockOf } from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const ORDER_ID = expect.stringMatching(/^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$/);

async function mugAndPlate() {
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250 });
  return { mug, plate };
}

describe('ordering a list of products', () => {
  //
  it('waits to be paid where no payment method is given, and opens no intent', async () => {
    const { mug, plate } = await mugAndPlate();
    const buyer = api.customer();
    const stripe = await ledgerOf(api);

    const answer = await order(buyer, [
      { product_id: mug, quantity: 2, unit_price: 2_500 },
      { product_id: plate, quantity: 1 },
    ]);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ id: ORDER_ID, customer_id: buyer.id, status: 'created', payment_status: 'unpaid' },
      ...{ currency: 'usd', subtotal: 6_250, shipping_total: 0, total_amount: 6_250 },
      items: [
        { product_id: mug, title: 'Blue mug', quantity: 2, unit_price: 2_500, line_total: 5_000 },
        { product_id: plate, title: 'Deep plate', quantity: 1, unit_price: 1_250, line_total: 1_250 },
      ],
      ...{ shipping_address: null, shipment: null, payment_transaction_id: null, version: 1, payment: null },
    });
    expect(Date.parse(answer.body.reservation_expires_at) - Date.parse(answer.body.created_at)).toBe(900_000);
    expect(await stockOf(api, mug)).toEqual([10, 2]);
    expect(await ledgerOf(api)).toEqual(stripe);
  });

  //
  it('costs 2 × 2500 = 5000', async () => {
    const { mug } = await mugAndPlate();

    const answer = await order(api.customer(), [{ product_id: mug, quantity: 2, unit_price: 2_500 }]);

    expect(answer.body).toMatchObject({ subtotal: 5_000, total_amount: 5_000 });
  });

  it('is paid at once with a payment method, and leaves the cart alone', async () => {
    const { mug, plate } = await mugAndPlate();
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: plate, quantity: 4 }] }).expect(200);

    const answer = await order(
      buyer,
      [
        { product_id: mug, quantity: 1 },
        { product_id: plate, quantity: 2 },
      ],
      { payment_method: 'pm_card_visa', shipping_address: US_ADDRESS, email: 'Desk@Example.com' },
    );

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...{ status: 'paid', payment_status: 'paid', email: 'desk@example.com', total_amount: 5_699, version: 2 },
      ...{ shipment: { status: 'ready', zone: 'us_west' }, payment: { provider: 'stripe', status: 'succeeded' } },
    });
    expect(await chargesOf(api, answer.body.id)).toMatchObject([{ captured: 5_699 }]);
    expect(await stockOf(api, plate)).toEqual([8, 0]);
    expect(await cartOf(buyer)).toEqual([[plate, 4]]);
  });

  //
  it('is kept as payment_failed when the card is declined, with the stock free and the cart untouched', async () => {
    const { mug, plate } = await mugAndPlate();
    const buyer = api.customer();

    const answer = await order(
      buyer,
      [
        { product_id: mug, quantity: 1 },
        { product_id: plate, quantity: 1 },
      ],
      { payment_method: 'pm_card_chargeDeclinedLostCard' },
    );

    expect(answer.status).toBe(402);
    expect(answer.body).toMatchObject({
      code: 'order_payment_failed',
      decline_code: 'lost_card',
      order_id: ORDER_ID,
      instance: '/v1/orders',
    });
    expect(await stockOf(api, mug)).toEqual([10, 0]);
    expect(await cartOf(buyer)).toEqual([]);
    const { body } = await buyer.get(`/v1/orders/${answer.body.order_id}`);
    expect(body).toMatchObject({ status: 'payment_failed', payment_status: 'failed', version: 2 });
  });

  it('counts two lines of one product together', async () => {
    const { mug, plate } = await mugAndPlate();

    const answer = await order(api.customer(), [
      { product_id: mug, quantity: 2 },
      { product_id: plate, quantity: 1 },
      { product_id: mug, quantity: 3, unit_price: 2_500 },
    ]);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      items: [
        { product_id: mug, quantity: 5, line_total: 12_500 },
        { product_id: plate, quantity: 1, line_total: 1_250 },
      ],
      total_amount: 13_750,
    });
    expect(answer.body.items).toHaveLength(2);
    expect(await stockOf(api, mug)).toEqual([10, 5]);
  });

  it('counts them together also against the stock', async () => {
    const { mug } = await mugAndPlate();
    const before = await everything(api);

    const answer = await order(api.customer(), [
      { product_id: mug, quantity: 6 },
      { product_id: mug, quantity: 5 },
    ]);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'order_insufficient_stock',
      items: [{ product_id: mug, title: 'Blue mug', requested: 11, available: 10 }],
    });
    expect(await everything(api)).toEqual(before);
  });

  it('may have a hundred lines', async () => {
    const ids: string[] = [];
    for (let place = 0; place < 25; place += 1) ids.push(await stockedProduct(api, { unitPrice: 10, onHand: 4 }));

    const answer = await order(
      api.customer(),
      Array.from({ length: 100 }, (_, place) => ({ product_id: ids[place % 25], quantity: 1 })),
    );

    expect(answer.status).toBe(201);
    expect(answer.body.items.map(({ product_id }: { product_id: string }) => product_id)).toEqual(ids);
    expect(answer.body.total_amount).toBe(1_000);
  });
});

describe('an order that the shop cannot take as it stands', () => {
  it('is refused with the prices as they are', async () => {
    const { mug, plate } = await mugAndPlate();
    const before = await everything(api);

    const answer = await order(
      api.customer(),
      [
        { product_id: mug, quantity: 1, unit_price: 2_400 },
        { product_id: plate, quantity: 1, unit_price: 1_250 },
      ],
      { payment_method: 'pm_card_visa' },
    );

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'price_changed',
      items: [{ product_id: mug, requested_unit_price: 2_400, unit_price: 2_500 }],
    });
    expect(answer.body.items).toHaveLength(1);
    expect(await everything(api)).toEqual(before);
  });

  it('is refused with what is not for sale: inactive, archived, unknown, no id at all', async () => {
    const { mug, plate } = await mugAndPlate();
    const archived = await stockedProduct(api, { title: 'Old bowl' });
    const unknown = newId('prod');
    await api.admin().patch(`/v1/admin/products/${plate}`, { active: false }).expect(200);
    await api.admin().delete(`/v1/admin/products/${archived}`).expect(200);
    const before = await everything(api);

    const answer = await order(
      api.customer(),
      [mug, plate, archived, unknown, 'MUG'].map((id) => ({ product_id: id, quantity: 1 })),
      { payment_method: 'pm_card_visa' },
    );

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'product_unavailable' });
    expect(answer.body.items).toEqual([
      { product_id: plate, title: 'Deep plate' },
      { product_id: archived, title: 'Old bowl' },
      { product_id: unknown, title: null },
      { product_id: 'MUG', title: null },
    ]);
    expect(await everything(api)).toEqual(before);
  });

  it('is refused in two currencies', async () => {
    const { mug } = await mugAndPlate();
    const tasse = await stockedProduct(api, { currency: 'eur' });
    const before = await everything(api);

    const answer = await order(
      api.customer(),
      [mug, tasse].map((id) => ({ product_id: id, quantity: 1 })),
    );

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'currency_mismatch', currencies: ['usd', 'eur'] });
    expect(await everything(api)).toEqual(before);
  });

  it('may cost 99 999 999 and not more', async () => {
    const yacht = await stockedProduct(api, { unitPrice: 99_999_999 });
    const pin = await stockedProduct(api, { unitPrice: 1 });

    const most = await order(api.customer(), [{ product_id: yacht, quantity: 1 }], { payment_method: 'pm_card_visa' });
    const before = await everything(api);
    const refused = [
      await order(api.customer(), [
        { product_id: yacht, quantity: 1 },
        { product_id: pin, quantity: 1 },
      ]),
      await order(api.customer(), [{ product_id: yacht, quantity: 10_000 }]),
      await order(
        api.customer(),
        Array.from({ length: 100 }, () => ({ product_id: yacht, quantity: 10_000 })),
      ),
    ];

    expect(most.body).toMatchObject({ status: 'paid', total_amount: 99_999_999 });
    expect(refused.map(({ status, body }) => [status, body.code, body.limit])).toEqual(
      refused.map(() => [422, 'amount_too_large', 99_999_999]),
    );
    expect(await everything(api)).toEqual(before);
  });
});

//
describe('a line', () => {
  const id = newId('prod');
  const manyLines = Array.from({ length: 101 }, () => ({ product_id: id, quantity: 1 }));

  it.each<[string, unknown]>([
    ...[0, -1, 1.5, '1', 1e21, 2 ** 31, 2 ** 53, 10_001, null, true, [1], { $gt: 0 }].map(
      (quantity): [string, unknown] => ['items.0.quantity', [{ product_id: id, quantity }]],
    ),
    ['items.0.quantity', [{ product_id: id }]],
    ...[0, -2_500, 25.5, '2500', 1e21, 2 ** 53, 100_000_000, true].map((unit_price): [string, unknown] => [
      'items.0.unit_price',
      [{ product_id: id, quantity: 1, unit_price }],
    ]),
    ...['', 7, null, true, ['prod_1'], 'x'.repeat(65)].map((product_id): [string, unknown] => [
      'items.0.product_id',
      [{ product_id, quantity: 1 }],
    ]),
    ['items.0.product_id', [{ quantity: 1 }]],
    [
      'items.1.quantity',
      [
        { product_id: id, quantity: 1 },
        { product_id: id, quantity: 0 },
      ],
    ],
    ['items.0.title', [{ product_id: id, quantity: 1, title: 'Free mug' }]],
    ['items.0.line_total', [{ product_id: id, quantity: 1, line_total: 1 }]],
    ['items', []],
    ['items', undefined],
    ['items', null],
    ['items', 'prod_1'],
    ['items', { product_id: id, quantity: 1 }],
    ['items', manyLines],
  ])('is refused for %s: %j', async (field, items) => {
    const before = await everything(api);

    const answer = await api
      .customer()
      .post('/v1/orders', { items, payment_method: 'pm_card_visa' }, { idempotencyKey: newId('key') });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });

  it.each([{ line: null }, { line: 7 }, { line: 'prod_1' }, { line: [] }, { line: [{ quantity: 1 }] }])(
    'as $line is refused',
    async ({ line }) => {
      const before = await everything(api);

      const answer = await order(api.customer(), [line]);

      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'validation_failed' });
      expect(await everything(api)).toEqual(before);
    },
  );
});

describe('members that only the shop may set', () => {
  it.each(['status', 'payment_status', 'total', 'total_amount', 'customer_id', 'discount_total', 'role', 'version'])(
    '%s is refused',
    async (member) => {
      const { mug } = await mugAndPlate();
      const before = await everything(api);

      const answer = await order(api.customer(), [{ product_id: mug, quantity: 1 }], { [member]: 1 });

      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: member }] });
      expect(await everything(api)).toEqual(before);
    },
  );
});

//
describe('what a buyer bought', () => {
  it('stays as it was when the shop renames, reprices and archives it', async () => {
    const { mug, plate } = await mugAndPlate();
    const buyer = api.customer();
    const lines = [
      { product_id: mug, quantity: 2 },
      { product_id: plate, quantity: 1 },
    ];
    const { body: bought } = await buyCart(buyer, lines, { payment_method: 'pm_card_visa' });
    const { payment: _, ...seen } = bought;

    await api.admin().patch(`/v1/admin/products/${mug}`, { title: 'Gold mug', unit_price: 99_900, sku: 'GOLD' });
    await api.admin().delete(`/v1/admin/products/${plate}`).expect(200);

    const { body: later } = await buyer.get(`/v1/orders/${bought.id}`).expect(200);
    expect(later).toEqual(seen);
    expect(later.items.map(({ title }: { title: string }) => title)).toEqual(['Blue mug', 'Deep plate']);
  });
});

describe('an order that is paid outside', () => {
  it('keeps its payment method out of it and waits', async () => {
    const { mug, plate } = await mugAndPlate();
    const stripe = await ledgerOf(api);

    const answer = await order(
      api.customer(),
      [
        { product_id: mug, quantity: 1 },
        { product_id: plate, quantity: 1 },
      ],
      { provider: 'manual', payment_method: 'pm_card_visa' },
    );

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'created',
      payment_status: 'unpaid',
      payment: { id: null, provider: 'manual', status: 'pending' },
    });
    expect(Date.parse(answer.body.reservation_expires_at) - Date.parse(answer.body.created_at)).toBe(604_800_000);
    expect(await ledgerOf(api)).toEqual(stripe);
  });
});
