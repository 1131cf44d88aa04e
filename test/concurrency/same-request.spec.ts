import type request from 'supertest';
import { startApi, type TestApi } from '../support/api.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { type StripeControl, stripeControl } from '../support/stripe-control.js';

const ROUNDS = Array.from({ length: 5 }, (_, round) => round + 1);

let api: TestApi;
let stripe: StripeControl;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('these tests count what the sandbox charged');
  stripe = stripeControl(api.sandbox);
  await stripe.dropWebhooks(`${api.url}/v1/webhooks/stripe`, api.config.STRIPE_WEBHOOK_SECRET[0] ?? '');
});

afterAll(() => api.close());

const atOnce = (count: number, send: (index: number) => request.Test): Promise<request.Response[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));

const product = () => addProduct(api.database.query, { unitPrice: 1_000, onHand: 100 });

async function ordersOf(customerId: string): Promise<{ id: string; status: string }[]> {
  return api.database.query('SELECT id, status FROM orders WHERE customer_id = $1 ORDER BY id', [customerId]);
}

async function capturedFor(orderId: string): Promise<number> {
  return (await stripe.capturedByOrder()).get(orderId)?.length ?? 0;
}

describe('one request sent fifty times at once', () => {
  /** Each is the original answer, a replay of it, or a refusal that says when to come again. */
  function expectOneOriginal(answers: readonly request.Response[], status: number): request.Response[] {
    const answered = answers.filter((answer) => answer.status === status);
    const inUse = answers.filter((answer) => answer.status !== status);
    expect(inUse.map(({ status: code, body, headers }) => [code, body.code, headers['retry-after']])).toEqual(
      inUse.map(() => [409, 'idempotency_key_in_use', '1']),
    );
    expect(answered.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(answered.map(({ text }) => text)).size).toBe(1);
    return answered;
  }

  //
  it('checks the cart out once', async () => {
    const mug = await product();
    const buyer = api.customer();
    await fillCart(buyer, [{ product_id: mug.id, quantity: 2 }]);
    api.logs.clear();

    const answers = await atOnce(50, () => checkOut(buyer, { key: 'once' }));
    const late = await checkOut(buyer, { key: 'once' });

    const answered = expectOneOriginal(answers, 201);
    const [order] = await ordersOf(buyer.id);
    expect(await ordersOf(buyer.id)).toHaveLength(1);
    expect(order).toMatchObject({ id: late.body.id, status: 'paid' });
    expect(await capturedFor(late.body.id)).toBe(1);
    expect(late.status).toBe(201);
    expect(late.headers['idempotent-replayed']).toBe('true');
    expect(late.text).toBe(answered[0]?.text);
    expect(api.logs.named('duplicate_order_request').map((line) => line['order_id'])).toEqual(
      Array(answered.length).fill(late.body.id),
    );
    await expectSettled(api.database);
  });

  //
  it('creates one order without a cart', async () => {
    const mug = await product();
    const buyer = api.customer();
    const body = { items: [{ product_id: mug.id, quantity: 1, unit_price: 1_000 }] };

    const answers = await atOnce(50, () => buyer.post('/v1/orders', body, { idempotencyKey: 'once' }));

    expectOneOriginal(answers, 201);
    expect(await ordersOf(buyer.id)).toMatchObject([{ status: 'created' }]);
    await expectInvariants(api.database);
  });

  //
  it('takes the money of an order once', async () => {
    const mug = await product();
    const buyer = api.customer();
    const order = await buyer.post(
      '/v1/orders',
      { items: [{ product_id: mug.id, quantity: 1 }] },
      { idempotencyKey: 'order' },
    );

    const answers = await atOnce(50, () =>
      buyer.post(
        `/v1/orders/${order.body.id}/payments`,
        { payment_method: 'pm_card_visa' },
        { idempotencyKey: 'money' },
      ),
    );

    const answered = expectOneOriginal(answers, 200);
    expect(answered[0]?.body).toMatchObject({ id: order.body.id, status: 'paid' });
    expect(await capturedFor(order.body.id)).toBe(1);
    await expectInvariants(api.database);
  });
});

describe('two requests that want the same thing at once', () => {
  it.each(ROUNDS)('make one order of one cart (round %i)', async () => {
    const mug = await product();
    const buyer = api.customer();
    await fillCart(buyer, [{ product_id: mug.id, quantity: 1 }]);

    const answers = await atOnce(2, (index) => checkOut(buyer, { key: `checkout-${index}` }));

    const [won] = answers.filter(({ status }) => status === 201);
    const [lost] = answers.filter(({ status }) => status !== 201);
    expect(won?.body).toMatchObject({ status: 'paid' });
    expect([
      [409, 'cart_changed'],
      [422, 'order_cart_empty'],
    ]).toContainEqual([lost?.status, lost?.body.code]);
    expect(await ordersOf(buyer.id)).toMatchObject([{ id: won?.body.id, status: 'paid' }]);
    expect(await capturedFor(won?.body.id)).toBe(1);
    await expectInvariants(api.database);
  });

  it.each(ROUNDS)('pay an order once (round %i)', async () => {
    const mug = await product();
    const buyer = api.customer();
    const order = await buyer.post(
      '/v1/orders',
      { items: [{ product_id: mug.id, quantity: 1 }] },
      { idempotencyKey: 'order' },
    );

    const answers = await atOnce(5, (index) =>
      buyer.post(
        `/v1/orders/${order.body.id}/payments`,
        { payment_method: 'pm_card_visa' },
        { idempotencyKey: `payment-${index}` },
      ),
    );

    const paid = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(paid.map(({ body }) => [body.id, body.status])).toEqual([[order.body.id, 'paid']]);
    for (const { status, body } of refused) {
      expect([
        [409, 'payment_in_progress'],
        [400, 'order_already_paid'],
      ]).toContainEqual([status, body.code]);
    }
    expect(await capturedFor(order.body.id)).toBe(1);
    await expectInvariants(api.database);
  });

  it.each(ROUNDS)('pay an order or cancel it, never both (round %i)', async () => {
    const mug = await product();
    const buyer = api.customer();
    const order = await buyer.post(
      '/v1/orders',
      { items: [{ product_id: mug.id, quantity: 1 }] },
      { idempotencyKey: 'order' },
    );
    const { id }: { id: string } = order.body;

    const [payment, cancellation] = await Promise.all([
      buyer.post(`/v1/orders/${id}/payments`, { payment_method: 'pm_card_visa' }, { idempotencyKey: 'pay' }),
      buyer.post(`/v1/orders/${id}/cancel`, {}, { idempotencyKey: 'cancel' }),
    ]);

    const [stored] = await ordersOf(buyer.id);
    const isPaid = payment.status === 200;
    expect([payment.status, cancellation.status, stored?.status]).toEqual(
      isPaid ? [200, cancellation.status, 'paid'] : [400, 200, 'cancelled'],
    );
    expect(isPaid ? ['payment_in_progress', 'invalid_transition'] : [undefined]).toContain(cancellation.body.code);
    expect(await capturedFor(id)).toBe(isPaid ? 1 : 0);
    await expectInvariants(api.database);
  });
});
