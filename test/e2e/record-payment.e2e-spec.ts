import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { stockedProduct } from '../support/shop.js';
import {
  auditOf,
  cancel,
  eventTypes,
  everything,
  freshKey,
  intentOf,
  ledgerOf,
  order,
  pay,
  recordPayment,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const TOTAL = 6_250;
const DECLINED = { payment_method: 'pm_card_chargeDeclined' };

/** Two mugs and a plate for 62.50, of which there are three each. */
async function ordered(buyer: ApiClient, body: object = {}) {
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500, onHand: 3 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250, onHand: 3 });
  const answer = await order(
    buyer,
    [
      { product_id: mug, quantity: 2 },
      { product_id: plate, quantity: 1 },
    ],
    body,
  );
  const id: string = answer.body.id ?? answer.body.order_id;
  return { mug, plate, id };
}

/** Charges a payment that belongs to no order yet and answers its id. */
async function charged(buyer: ApiClient, body: object = {}): Promise<string> {
  const answer = await buyer.post(
    '/v1/payments',
    { amount: TOTAL, currency: 'usd', payment_method: 'pm_card_visa', ...body },
    { idempotencyKey: freshKey() },
  );
  return answer.body.id ?? answer.body.payment_id;
}

describe('a buyer who paid first', () => {
  //
  it('attaches his payment: the order is paid without a further word to Stripe', async () => {
    const buyer = api.customer();
    const { id, mug, plate } = await ordered(buyer);
    const payment = await charged(buyer);
    const stripe = await ledgerOf(api);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ id, status: 'paid', payment_status: 'paid', payment_transaction_id: payment, version: 2 },
      ...{ reservation_expires_at: null, payment: { id: payment, provider: 'stripe', status: 'succeeded' } },
    });
    expect(await stockOf(api, mug)).toEqual([1, 0]);
    expect(await stockOf(api, plate)).toEqual([2, 0]);
    expect(await ledgerOf(api)).toEqual(stripe);
    expect((await api.admin().get(`/v1/admin/payments/${payment}`)).body).toMatchObject({ order_id: id });
    expect(await auditOf(api, id)).toMatchObject([
      { event_type: 'order_created', actor_id: buyer.id },
      { event_type: 'order_paid', actor_id: buyer.id, new_state: { payment_transaction_id: payment } },
    ]);
  });

  it('attaches it to a declined order, and the declined intent is given up', async () => {
    const buyer = api.customer();
    const { id, mug } = await ordered(buyer, DECLINED);
    const declined = await intentOf(api, id);
    const payment = await charged(buyer);

    const answer = await recordPayment(buyer, id, payment);
    await api.app.get(SettlePayments, { strict: false }).sweep();

    expect(answer.body).toMatchObject({ status: 'paid', payment_transaction_id: payment, version: 3 });
    expect(await stockOf(api, mug)).toEqual([1, 0]);
    const given = await fetch(`${api.sandbox?.url}/v1/payment_intents/${declined.id}`, {
      headers: { authorization: 'Bearer sk_test_reader' },
      signal: AbortSignal.timeout(5_000),
    });
    expect(await given.json()).toMatchObject({ status: 'canceled', amount_received: 0 });
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_failed', 'order_paid']);
  });

  it('keeps it for another order where the stock is gone', async () => {
    const buyer = api.customer();
    const { id, mug } = await ordered(buyer, DECLINED);
    const payment = await charged(buyer);
    await order(api.customer(), [{ product_id: mug, quantity: 2 }]).expect(201);
    const before = await everything(api);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'order_insufficient_stock',
      items: [{ product_id: mug, title: 'Blue mug', requested: 2, available: 1 }],
    });
    expect(await everything(api)).toEqual(before);
  });

  it.each([
    ['unknown', async () => newId('pay')],
    ['somebody else’s', async () => charged(api.customer())],
    ['no payment id', async () => 'cash in hand'],
    ['an order id', async () => newId('ord')],
  ])('is told where it is %s', async (_, transactionOf) => {
    const buyer = api.customer();
    const { id } = await ordered(buyer);
    const transaction = await transactionOf();
    const before = await everything(api);

    const answer = await recordPayment(buyer, id, transaction);

    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'payment_not_found', payment_id: transaction });
    expect(await everything(api)).toEqual(before);
  });

  it('cannot pay two orders with it', async () => {
    const buyer = api.customer();
    const [first, second] = [await ordered(buyer), await ordered(buyer)];
    const payment = await charged(buyer);
    await recordPayment(buyer, first.id, payment).expect(200);
    const before = await everything(api);

    const answer = await recordPayment(buyer, second.id, payment);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'payment_already_attached', payment_id: payment });
    expect(await everything(api)).toEqual(before);
  });

  it('pays one order with it where he tries two at once', async () => {
    const buyer = api.customer();
    const [first, second] = [await ordered(buyer), await ordered(buyer)];
    const payment = await charged(buyer);

    const answers = await Promise.all([
      recordPayment(buyer, first.id, payment),
      recordPayment(buyer, second.id, payment),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const paid = await api.database.query('SELECT id FROM orders WHERE payment_transaction_id = $1', [payment]);
    expect(paid).toHaveLength(1);
  });

  it.each([
    ['another amount', { amount: TOTAL - 1 }, { status: 'succeeded', amount: TOTAL - 1, currency: 'usd' }],
    ['another currency', { currency: 'eur' }, { status: 'succeeded', amount: TOTAL, currency: 'eur' }],
    ['a decline', { payment_method: 'pm_card_chargeDeclined' }, { status: 'failed', amount: TOTAL, currency: 'usd' }],
    [
      'a bank that has not answered',
      { payment_method: 'pm_usBankAccount_processing' },
      { status: 'processing', amount: TOTAL, currency: 'usd' },
    ],
  ])('is told what does not fit: %s', async (_, body, facts) => {
    const buyer = api.customer();
    const { id } = await ordered(buyer);
    const payment = await charged(buyer, body);
    const before = await everything(api);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'payment_mismatch',
      payment_id: payment,
      payment: facts,
      order: { amount: TOTAL, currency: 'usd' },
    });
    expect(await everything(api)).toEqual(before);
  });

  it('waits where a payment of the order is under way', async () => {
    const buyer = api.customer();
    const { id } = await ordered(buyer);
    await pay(buyer, id).expect(200);
    const payment = await charged(buyer);
    const before = await everything(api);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'payment_in_progress', order_id: id });
    expect(await everything(api)).toEqual(before);
  });
});

//
describe('the state of the order', () => {
  it('counts first: paid twice is refused and the first transaction id stays, whatever is sent', async () => {
    const buyer = api.customer();
    const { id } = await ordered(buyer);
    const first = await charged(buyer);
    const second = await charged(buyer);
    await recordPayment(buyer, id, first).expect(200);
    const { body: paid } = await buyer.get(`/v1/orders/${id}`);

    const answers = [
      await recordPayment(buyer, id, second),
      await recordPayment(buyer, id, first),
      await recordPayment(buyer, id, newId('pay')),
      await recordPayment(api.admin(), id, 'cash'),
      await recordPayment(api.internal(), id, 'cash'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code, body.order_id])).toEqual(
      answers.map(() => [400, 'order_already_paid', id]),
    );
    expect((await buyer.get(`/v1/orders/${id}`)).body).toEqual(paid);
    expect(paid.payment_transaction_id).toBe(first);
    expect((await api.admin().get(`/v1/admin/payments/${second}`)).body.order_id).toBeNull();
    expect(await eventTypes(api, id)).toEqual([
      'order_created',
      'order_paid',
      ...answers.map(() => 'invalid_transition_attempted'),
    ]);
  });

  it('refuses a fulfilled order as paid already', async () => {
    const buyer = api.customer();
    const { id } = await ordered(buyer, { payment_method: 'pm_card_visa' });
    await api.admin().post(`/v1/admin/orders/${id}/fulfill`).expect(200);

    const answer = await recordPayment(buyer, id, newId('pay'));

    expect([answer.status, answer.body.code]).toEqual([400, 'order_already_paid']);
  });

  it.each([
    ['cancelled', async (id: string, buyer: ApiClient) => cancel(buyer, id).expect(200)],
    [
      'archived',
      async (id: string, buyer: ApiClient) => {
        await pay(buyer, id, { payment_method: 'pm_card_visa' }).expect(200);
        await api.admin().post(`/v1/admin/orders/${id}/fulfill`).expect(200);
        await api.admin().post(`/v1/admin/orders/${id}/archive`).expect(200);
      },
    ],
  ])('refuses a %s order with both states, and keeps a trace of the attempt', async (status, reach) => {
    const buyer = api.customer();
    const { id } = await ordered(buyer);
    await reach(id, buyer);
    const payment = await charged(buyer);
    const { body: before } = await buyer.get(`/v1/orders/${id}`);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      ...{ code: 'invalid_transition', order_id: id, current_status: status, requested_status: 'paid' },
      detail: `Cannot transition from '${status}' to 'paid'`,
    });
    expect((await buyer.get(`/v1/orders/${id}`)).body).toEqual(before);
    const attempt = (await auditOf(api, id)).at(-1);
    expect(attempt).toMatchObject({
      ...{ event_type: 'invalid_transition_attempted', actor_id: buyer.id, previous_state: { status } },
      new_state: { status, requested_status: 'paid' },
      trace_id: answer.headers['x-trace-id'],
    });
  });

  it.each([
    ['unknown', async () => newId('ord')],
    ['somebody else’s', async () => (await ordered(api.customer())).id],
    ['no order id', async () => 'ord_1'],
  ])('of an order that is %s is nobody’s business', async (_, idOf) => {
    const buyer = api.customer();
    const id = await idOf();
    const payment = await charged(buyer);
    const before = await everything(api);

    const answer = await recordPayment(buyer, id, payment);

    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('order_not_found');
    expect(await everything(api)).toEqual(before);
  });
});

describe('money that the shop took itself', () => {
  it.each([
    ['an admin', () => api.admin('bookkeeper'), 'bookkeeper'],
    ['an internal caller', () => api.internal(), 'internal'],
  ])('is recorded by %s with a text of his own', async (_, callerOf, actorId) => {
    const { id, mug } = await ordered(api.customer(), { provider: 'manual' });
    const stripe = await ledgerOf(api);

    const answer = await recordPayment(callerOf(), id, 'Überweisung № 7/2026 ✔');

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ status: 'paid', payment_status: 'paid', payment_transaction_id: 'Überweisung № 7/2026 ✔', version: 2 },
      payment: { id: expect.stringMatching(/^pay_/), provider: 'manual', status: 'succeeded' },
    });
    expect(await stockOf(api, mug)).toEqual([1, 0]);
    expect(await ledgerOf(api)).toEqual(stripe);
    expect((await api.admin().get(`/v1/admin/payments/${answer.body.payment.id}`)).body).toMatchObject({
      ...{ order_id: id, status: 'succeeded', amount: TOTAL, currency: 'usd', provider: 'manual' },
      provider_payment_id: null,
    });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ event_type: 'order_paid', actor_id: actorId });
  });

  it('is not the customer’s to record, nor a guest’s', async () => {
    const buyer = api.customer();
    const { id } = await ordered(buyer, { provider: 'manual' });
    const { body: session } = await api.http.post('/v1/guest-sessions').expect(201);
    const guest = api.bearer(session.access_token, session.customer_id);
    const before = await everything(api);

    const answers = [
      await recordPayment(buyer, id, 'I paid, honestly'),
      await recordPayment(guest, id, 'me too'),
      await api.http.patch(`/v1/orders/${id}/pay`).send({ transaction_id: 'and I' }),
      await recordPayment(api.bearer('wrong'), id, 'x'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'payment_not_found'],
      [404, 'order_not_found'],
      [401, 'unauthorized'],
      [401, 'unauthorized'],
    ]);
    expect(await everything(api)).toEqual(before);
  });

  it('is not recorded for an order that is paid by card', async () => {
    const { id } = await ordered(api.customer());
    const before = await everything(api);

    const answers = [await recordPayment(api.admin(), id, 'cash'), await recordPayment(api.internal(), id, 'cash')];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'payment_not_found'],
      [404, 'payment_not_found'],
    ]);
    expect(await everything(api)).toEqual(before);
  });

  it.each<[unknown]>([
    [''],
    ['x'.repeat(256)],
    [7],
    [null],
    [undefined],
    [['a']],
    ['a\u0000b'],
    ['4242 4242 4242 4242'],
  ])('cannot be called %j', async (transactionId) => {
    const { id } = await ordered(api.customer(), { provider: 'manual' });
    const before = await everything(api);

    const answer = await recordPayment(api.admin(), id, transactionId);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'transaction_id' }] });
    expect(await everything(api)).toEqual(before);
  });

  it('may be called by 255 characters', async () => {
    const { id } = await ordered(api.customer(), { provider: 'manual' });

    const answer = await recordPayment(api.admin(), id, 'x'.repeat(255));

    expect(answer.body.payment_transaction_id).toBe('x'.repeat(255));
  });
});
