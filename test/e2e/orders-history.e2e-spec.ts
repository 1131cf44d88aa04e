import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { cloneDatabase } from '../support/database.js';
import { stockedProduct } from '../support/shop.js';
import { buyCart, order, pay } from '../support/storefront.js';

let api: TestApi;
let mug: string;
let plate: string;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500, onHand: 1_000 });
  plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250, onHand: 1_000 });
});
afterAll(() => api.close());

interface Listed {
  readonly body: { readonly orders: readonly { readonly id: string }[] };
}
const ids = ({ body }: Listed) => body.orders.map(({ id }) => id);

/** Orders of one buyer, the newest first, as ids. */
async function ordersOf(buyer: ApiClient, count: number): Promise<string[]> {
  const made: string[] = [];
  for (let place = 1; place <= count; place += 1) {
    const { body } = await order(buyer, [
      { product_id: mug, quantity: place },
      { product_id: plate, quantity: 1 },
    ]).expect(201);
    made.unshift(body.id);
  }
  return made;
}

//
describe('the history of a customer', () => {
  it('is empty at first', async () => {
    const answer = await api.customer().get('/v1/orders');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ orders: [], total_count: 0, limit: 20, offset: 0, has_more: false });
  });

  it('shows his own orders alone, whole and newest first', async () => {
    const buyer = api.customer();
    await ordersOf(api.customer(), 1);
    const made = await ordersOf(buyer, 3);

    const answer = await buyer.get('/v1/orders');
    const single = await buyer.get(`/v1/orders/${made[0]}`);

    expect(answer.status).toBe(200);
    expect(ids(answer)).toEqual(made);
    expect(answer.body).toMatchObject({ total_count: 3, limit: 20, offset: 0, has_more: false });
    expect(answer.body.orders[0]).toEqual(single.body);
    expect(single.body).not.toHaveProperty('payment');
    expect(single.body.items).toMatchObject([
      { product_id: mug, quantity: 3, line_total: 7_500 },
      { product_id: plate, quantity: 1, line_total: 1_250 },
    ]);
  });

  it('shows twenty unless asked for more', async () => {
    const buyer = api.customer();
    const made = await ordersOf(buyer, 21);

    const usual = await buyer.get('/v1/orders');
    const all = await buyer.get('/v1/orders?limit=100');

    expect(ids(usual)).toEqual(made.slice(0, 20));
    expect(usual.body).toMatchObject({ total_count: 21, limit: 20, has_more: true });
    expect(ids(all)).toEqual(made);
    expect(all.body).toMatchObject({ total_count: 21, limit: 100, has_more: false });
  });

  it('comes in pages, by offset and by the last id', async () => {
    const buyer = api.customer();
    const made = await ordersOf(buyer, 5);

    const first = await buyer.get('/v1/orders?limit=2');
    const second = await buyer.get('/v1/orders?limit=2&offset=2');
    const last = await buyer.get(`/v1/orders?limit=2&starting_after=${made[3]}`);
    const beyond = await buyer.get('/v1/orders?offset=5');

    expect([ids(first), ids(second), ids(last), ids(beyond)]).toEqual([
      made.slice(0, 2),
      made.slice(2, 4),
      made.slice(4),
      [],
    ]);
    expect(first.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: true });
    expect(second.body).toMatchObject({ total_count: 5, limit: 2, offset: 2, has_more: true });
    expect(last.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: false });
    expect(beyond.body).toMatchObject({ total_count: 5, limit: 20, offset: 5, has_more: false });
  });

  it('has nothing behind an order that is somebody else’s or unknown', async () => {
    const buyer = api.customer();
    const [foreign] = await ordersOf(api.customer(), 1);
    await ordersOf(buyer, 1);

    const answers = [
      await buyer.get(`/v1/orders?starting_after=${newId('ord')}`),
      await buyer.get(`/v1/orders?starting_after=${foreign}`),
    ];

    expect(answers.map(ids)).toEqual([[], []]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=abc', 'offset'],
    ['offset=99999999999999999999', 'offset'],
    ['offset=0&starting_after=ord_01kaf5d3m0e9wtsz1v5b7x2y4q', 'starting_after'],
    ['starting_after=ord_1', 'starting_after'],
    ['starting_after=%00', 'starting_after'],
    ['status=paid', 'status'],
    ['customer_id=somebody', 'customer_id'],
    ['sort=total_amount', 'sort'],
    ['page=2', 'page'],
  ])('is not to be had with ?%s', async (query, field) => {
    const answer = await api.customer().get(`/v1/orders?${query}`);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });
});

describe('one order', () => {
  it.each([
    ['unknown', async () => newId('ord')],
    ['somebody else’s', async () => (await ordersOf(api.customer(), 1))[0]],
    ['no id', async () => 'ord_1'],
    ['another thing’s id', async () => newId('prod')],
    ['U+0000', async () => '%00'],
  ])('is not found where it is %s', async (_, idOf) => {
    const answer = await api.customer().get(`/v1/orders/${await idOf()}`);

    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toMatchObject({ code: 'order_not_found', status: 404 });
  });

  it('is not shown to an admin who asks as a customer', async () => {
    const [id] = await ordersOf(api.customer(), 1);

    const answer = await api.admin().get(`/v1/orders/${id}`);

    expect(answer.status).toBe(404);
  });

  it('is not shown to anybody without a token', async () => {
    const [id] = await ordersOf(api.customer(), 1);

    const answers = [await api.http.get('/v1/orders'), await api.http.get(`/v1/orders/${id}`)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'unauthorized'],
      [401, 'unauthorized'],
    ]);
  });
});

//
describe('a shop that was started anew', () => {
  it('still has its paid and its waiting orders, and takes the money for these', async () => {
    const clone = await cloneDatabase();
    const before = await startApi({ stripe: true, database: clone.url });
    const bowl = await stockedProduct(before, { title: 'Bowl', unitPrice: 1_500, onHand: 10 });
    const buyer = before.customer('faithful');
    const lines = [{ product_id: bowl, quantity: 2 }];
    const { body: paid } = await buyCart(buyer, lines, { payment_method: 'pm_card_visa' });
    const { body: waiting } = await order(buyer, lines);
    const { body: history } = await buyer.get('/v1/orders').expect(200);
    await before.close();

    const after = await startApi({ stripe: true, database: clone.url });
    try {
      const returning = after.customer('faithful');
      const seen = await returning.get('/v1/orders');
      const answer = await pay(returning, waiting.id, { payment_method: 'pm_card_visa' });

      expect(seen.body).toEqual(history);
      expect(ids(seen)).toEqual([waiting.id, paid.id]);
      expect(seen.body.orders[1]).toMatchObject({ status: 'paid', payment_status: 'paid' });
      expect(answer.body).toMatchObject({ id: waiting.id, status: 'paid' });
    } finally {
      await after.close();
      await clone.drop();
    }
  });
});
