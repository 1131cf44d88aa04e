import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterAll(() => api.close());

interface PaidOrder {
  readonly id: string;
  readonly total: number;
  readonly product: string;
  readonly itemId: string;
}

async function paidOrder(quantity = 3, onHand = 10): Promise<PaidOrder> {
  const product = await stockedProduct(api, { unitPrice: 2_000, onHand });
  const buyer = api.customer();
  await buyer.put('/v1/cart', { items: [{ product_id: product, quantity }] }).expect(200);
  const { body } = await buyer
    .post(
      '/v1/orders/checkout',
      { shipping_address: US_ADDRESS, payment_method: 'pm_card_visa' },
      { idempotencyKey: 'order' },
    )
    .expect(201);
  return { id: body.id, total: body.total_amount, product, itemId: body.items[0].id };
}

const settleRefunds = (): Promise<number> => api.app.get(SubmitRefunds).sweep();

async function onHand(product: string): Promise<number> {
  return (await api.admin().get(`/v1/admin/inventory/${product}`).expect(200)).body.on_hand;
}

describe('refunds', () => {
  //
  it('gives everything back, shipping included, and puts the goods on the shelf', async () => {
    const order = await paidOrder(3, 10);
    expect(await onHand(order.product)).toBe(7);

    const asked = await api.admin().post(`/v1/admin/orders/${order.id}/refunds`, {}, { idempotencyKey: 'r1' });

    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      order_id: order.id,
      amount: order.total,
      currency: 'usd',
      status: 'requested',
      external: false,
      restock: true,
      items: [{ item_id: order.itemId, product_id: order.product, quantity: 3 }],
    });
    await settleRefunds();
    const after = await api.admin().get(`/v1/admin/orders/${order.id}`).expect(200);
    expect(after.body).toMatchObject({
      status: 'refunded',
      payment_status: 'refunded',
      refunded_amount: order.total,
      items: [{ refunded_quantity: 3, restocked_quantity: 3 }],
      shipment: { status: 'cancelled' },
    });
    expect(await onHand(order.product)).toBe(10);
    expect((await api.admin().get(`/v1/admin/refunds/${asked.body.id}`)).body.status).toBe('succeeded');
  });

  //
  it('gives the price of some units back and leaves the order paid', async () => {
    const order = await paidOrder(3, 10);

    await api
      .admin()
      .post(
        `/v1/admin/orders/${order.id}/refunds`,
        { items: [{ product_id: order.product, quantity: 1 }], reason: 'scratched' },
        { idempotencyKey: 'r2' },
      )
      .expect(202);
    await settleRefunds();

    const after = await api.admin().get(`/v1/admin/orders/${order.id}`).expect(200);
    expect(after.body).toMatchObject({
      status: 'paid',
      payment_status: 'partially_refunded',
      refunded_amount: 2_000,
      items: [{ refunded_quantity: 1, restocked_quantity: 1 }],
    });
    expect(await onHand(order.product)).toBe(8);
  });

  it('refuses more units than were ordered, more money than was captured, and an order without money', async () => {
    const order = await paidOrder(2, 10);
    const unpaid = await api
      .customer()
      .post('/v1/orders', { items: [{ product_id: order.product, quantity: 1 }] }, { idempotencyKey: 'u' })
      .expect(201);
    const refund = (id: string, body: object, key: string) =>
      api.admin().post(`/v1/admin/orders/${id}/refunds`, body, { idempotencyKey: key });

    const tooMany = await refund(order.id, { items: [{ item_id: order.itemId, quantity: 3 }] }, 'a');
    const tooMuch = await refund(order.id, { amount: order.total + 1 }, 'b');
    const nothing = await refund(unpaid.body.id, {}, 'c');

    expect([tooMany.status, tooMany.body.code]).toEqual([422, 'refund_exceeds_ordered']);
    expect([tooMuch.status, tooMuch.body.code]).toEqual([422, 'refund_exceeds_captured']);
    expect([nothing.status, nothing.body.code]).toEqual([400, 'order_not_paid']);
    expect((await api.admin().get(`/v1/admin/orders/${order.id}`)).body.refunded_amount).toBe(0);
  });

  //
  it('never promises more than was captured to twenty at once', async () => {
    const order = await paidOrder(5, 10);
    const part = Math.ceil(order.total / 7);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        api
          .admin()
          .post(`/v1/admin/orders/${order.id}/refunds`, { amount: part }, { idempotencyKey: `many-${index}` })
          .then((answer) => answer.status),
      ),
    );
    await settleRefunds();

    expect(answers.filter((status) => status === 202)).toHaveLength(6);
    expect(answers.filter((status) => status === 422)).toHaveLength(14);
    const after = await api.admin().get(`/v1/admin/orders/${order.id}`).expect(200);
    expect(after.body).toMatchObject({ refunded_amount: part * 6, payment_status: 'partially_refunded' });
  });

  it('gives all money back when a paid order is cancelled', async () => {
    const product = await stockedProduct(api, { unitPrice: 700, onHand: 4 });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 4 }] }).expect(200);
    const { body } = await buyer
      .post(
        '/v1/orders/checkout',
        { shipping_address: US_ADDRESS, payment_method: 'pm_card_visa' },
        { idempotencyKey: 'o' },
      )
      .expect(201);

    const cancelled = await buyer.post(
      `/v1/orders/${body.id}/cancel`,
      { reason: 'changed my mind' },
      { idempotencyKey: 'c' },
    );

    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'paid']);
    await settleRefunds();
    const after = await buyer.get(`/v1/orders/${body.id}`).expect(200);
    expect(after.body).toMatchObject({ status: 'refunded', refunded_amount: body.total_amount });
    expect(await onHand(product)).toBe(4);
  });
});
