import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
  authenticate,
  buyCart,
  cancel,
  cartOf,
  chargesOf,
  confirmAsClient,
  endProcessing,
  eventTypes,
  everything,
  intentOf,
  ledgerOf,
  order,
  pay,
  settle,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const VISA = { payment_method: 'pm_card_visa' };
const DECLINED = { payment_method: 'pm_card_chargeDeclined' };
const ASKED_BY_THE_BANK = { payment_method: 'pm_card_authenticationRequired' };
const TOTAL = 6_250;

interface Bought {
  readonly buyer: ApiClient;
  readonly id: string;
  readonly mug: string;
  readonly plate: string;
}

/** Two mugs and a plate for 62.50, ordered with `body` and without a cart. There are two of each. */
async function ordered(body: object = {}): Promise<Bought> {
  const buyer = api.customer();
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500, onHand: 2 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250, onHand: 2 });
  const answer = await order(
    buyer,
    [
      { product_id: mug, quantity: 2 },
      { product_id: plate, quantity: 1 },
    ],
    body,
  );
  return { buyer, mug, plate, id: answer.body.id ?? answer.body.order_id };
}

const intentsCreated = async () => (await ledgerOf(api)).calls['POST /v1/payment_intents'] ?? 0;

describe('paying an order that waits', () => {
  //
  it('takes the money, sells the stock and shows the order paid', async () => {
    const { buyer, id, mug, plate } = await ordered();

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ id, status: 'paid', payment_status: 'paid', total_amount: TOTAL, reservation_expires_at: null },
      ...{ payment_transaction_id: answer.body.payment.id, version: 3 },
      payment: { provider: 'stripe', status: 'succeeded' },
    });
    expect(await chargesOf(api, id)).toMatchObject([{ captured: TOTAL, payment_id: answer.body.payment.id }]);
    expect(await stockOf(api, mug)).toEqual([0, 0]);
    expect(await stockOf(api, plate)).toEqual([1, 0]);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_updated', 'order_paid']);
  });

  it('answers a client secret without a payment method, the same one every time', async () => {
    const { buyer, id } = await ordered();
    const before = await intentsCreated();

    const first = await pay(buyer, id);
    const second = await buyer.post(`/v1/orders/${id}/payments`, undefined, { idempotencyKey: newId('key') });

    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'created', payment_status: 'unpaid', version: 1 });
    expect(first.body.payment).toEqual({
      id: expect.stringMatching(/^pay_/),
      provider: 'stripe',
      status: 'pending',
      client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
    });
    expect(second.status).toBe(200);
    expect(second.body.payment).toEqual(first.body.payment);
    expect((await intentsCreated()) - before).toBe(1);
  });

  it('can go on with a card after the client secret was asked for, with the same intent', async () => {
    const { buyer, id } = await ordered();
    const { body: opened } = await pay(buyer, id);

    const answer = await pay(buyer, id, VISA);

    expect(answer.body).toMatchObject({ status: 'paid', payment_transaction_id: opened.payment.id });
    expect(await intentOf(api, id)).toMatchObject({ status: 'succeeded', amount_received: TOTAL });
    expect(await chargesOf(api, id)).toHaveLength(1);
  });
});

//
describe('an order that takes no payment', () => {
  it('is refused when it is paid: the first transaction id stays, and Stripe is not asked', async () => {
    const { buyer, id } = await ordered(VISA);
    const { body: paid } = await buyer.get(`/v1/orders/${id}`);
    const stripe = await ledgerOf(api);

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'order_already_paid', order_id: id });
    expect((await buyer.get(`/v1/orders/${id}`)).body).toEqual(paid);
    expect(await ledgerOf(api)).toEqual(stripe);
    expect(await auditOf(api, id)).toMatchObject([
      { event_type: 'order_created' },
      { event_type: 'order_paid' },
      { event_type: 'invalid_transition_attempted', new_state: { status: 'paid', requested_status: 'paid' } },
    ]);
  });

  it('is refused when it is fulfilled', async () => {
    const { buyer, id } = await ordered(VISA);
    await api.admin().post(`/v1/admin/orders/${id}/fulfill`).expect(200);

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('order_already_paid');
  });

  it('is refused when it is cancelled, with both states', async () => {
    const { buyer, id } = await ordered();
    await cancel(buyer, id).expect(200);
    const stripe = await ledgerOf(api);

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      ...{ code: 'invalid_transition', current_status: 'cancelled', requested_status: 'paid' },
      ...{ detail: "Cannot transition from 'cancelled' to 'paid'", order_id: id },
    });
    expect(await ledgerOf(api)).toEqual(stripe);
  });

  it.each([
    ['unknown', async () => newId('ord')],
    ['somebody else’s', async () => (await ordered()).id],
    ['no id at all', async () => 'ord_1'],
  ])('is not found when it is %s', async (_, idOf) => {
    const id = await idOf();
    const before = await everything(api);

    const answer = await pay(api.customer(), id, VISA);

    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'order_not_found', order_id: id });
    expect(await everything(api)).toEqual(before);
  });

  it('is not found by an admin either, who uses this route as himself', async () => {
    const { id } = await ordered();

    const answer = await pay(api.admin(), id, VISA);

    expect(answer.status).toBe(404);
  });

  it('is refused when it is paid outside', async () => {
    const { buyer, id } = await ordered({ provider: 'manual' });
    const before = await everything(api);

    const answers = [await pay(buyer, id, VISA), await pay(buyer, id)];

    expect(answers.map(({ status, body }) => [status, body.code, body.provider])).toEqual([
      [422, 'payment_provider_mismatch', 'manual'],
      [422, 'payment_provider_mismatch', 'manual'],
    ]);
    expect(await everything(api)).toEqual(before);
  });

  it.each([
    ['payment_method', { payment_method: 'card_visa' }],
    ['payment_method', { payment_method: 7 }],
    ['amount', { amount: 1 }],
    ['provider', { provider: 'manual' }],
  ])('is left alone by a body with a wrong %s: %j', async (field, body) => {
    const { buyer, id } = await ordered();
    const before = await everything(api);

    const answer = await pay(buyer, id, body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });
});

describe('a declined card', () => {
  //
  it('is told with its reason, and frees the stock', async () => {
    const { buyer, id, mug } = await ordered();

    const answer = await pay(buyer, id, DECLINED);

    expect(answer.status).toBe(402);
    expect(answer.body).toMatchObject({
      code: 'order_payment_failed',
      decline_code: 'generic_decline',
      order_id: id,
      instance: `/v1/orders/${id}/payments`,
    });
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
      status: 'payment_failed',
      payment_status: 'failed',
      reservation_expires_at: null,
      version: 3,
    });
    expect(await stockOf(api, mug)).toEqual([2, 0]);
  });

  it('can be followed by another one, which reserves anew and confirms the same intent', async () => {
    const { buyer, id, mug } = await ordered(DECLINED);
    const before = await intentsCreated();

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'paid', payment_status: 'paid', version: 4 });
    expect(await intentsCreated()).toBe(before);
    expect((await chargesOf(api, id)).map(({ status, captured }) => [status, captured])).toEqual([
      ['failed', 0],
      ['succeeded', TOTAL],
    ]);
    expect(await stockOf(api, mug)).toEqual([0, 0]);
    expect(await eventTypes(api, id)).toEqual([
      ...['order_created', 'order_payment_failed', 'order_payment_updated', 'order_paid'],
    ]);
  });

  it('can be followed by another declined one, and that by a good one', async () => {
    const { buyer, id, mug } = await ordered(DECLINED);

    const second = await pay(buyer, id, { payment_method: 'pm_card_chargeDeclinedLostCard' });
    const stockBetween = await stockOf(api, mug);
    const third = await pay(buyer, id, VISA);

    expect(second.status).toBe(402);
    expect(second.body).toMatchObject({ code: 'order_payment_failed', decline_code: 'lost_card' });
    expect(stockBetween).toEqual([2, 0]);
    expect(third.body).toMatchObject({ status: 'paid', version: 6 });
    expect((await chargesOf(api, id)).filter(({ captured }) => captured > 0)).toHaveLength(1);
  });

  it('cannot be made up for once the stock is gone: every short item is listed, nothing is charged', async () => {
    const { buyer, id, mug, plate } = await ordered(DECLINED);
    await order(
      api.customer(),
      [
        { product_id: mug, quantity: 1 },
        { product_id: plate, quantity: 2 },
      ],
      VISA,
    ).expect(201);
    const before = await everything(api);

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'order_insufficient_stock',
      items: [
        { product_id: mug, title: 'Blue mug', requested: 2, available: 1 },
        { product_id: plate, title: 'Deep plate', requested: 1, available: 0 },
      ],
    });
    expect(await everything(api)).toEqual(before);
  });

  it('can be followed by the client’s own try: the stock is held again meanwhile', async () => {
    const { buyer, id, mug } = await ordered(DECLINED);

    const opened = await pay(buyer, id);
    const held = await stockOf(api, mug);
    await confirmAsClient(api, opened.body.payment.client_secret, 'pm_card_visa');
    const answer = await pay(buyer, id);

    expect(opened.status).toBe(200);
    expect(opened.body).toMatchObject({ status: 'payment_failed', payment_status: 'unpaid', version: 3 });
    expect(opened.body.payment).toMatchObject({ status: 'pending', client_secret: expect.stringMatching(/^pi_/) });
    expect(opened.body.reservation_expires_at).not.toBeNull();
    expect(held).toEqual([2, 2]);
    expect(answer.body).toMatchObject({ status: 'paid', version: 4 });
    expect(await stockOf(api, mug)).toEqual([0, 0]);
  });

  it('of a checkout leaves cart and order: paying the order does not touch the cart', async () => {
    const mug = await stockedProduct(api);
    const buyer = api.customer();
    const { body: refusal } = await buyCart(buyer, [{ product_id: mug, quantity: 2 }], DECLINED);

    const answer = await pay(buyer, refusal.order_id, VISA);

    expect(answer.body.status).toBe('paid');
    expect(await cartOf(buyer)).toEqual([[mug, 2]]);
    expect(await stockOf(api, mug)).toEqual([8, 0]);
  });
});

describe('a payment under way', () => {
  it('keeps the order from being paid a second time, until the network has answered', async () => {
    const { buyer, id, mug } = await ordered({ payment_method: 'pm_usBankAccount_processing' });
    const before = await everything(api);

    const card = await pay(buyer, id, VISA);
    const secret = await pay(buyer, id);

    expect([card.status, card.body.code]).toEqual([409, 'payment_in_progress']);
    expect([secret.status, secret.body.code]).toEqual([409, 'payment_in_progress']);
    expect(await everything(api)).toEqual(before);
    await endProcessing(api, id, 'succeed');
    await settle(api, id);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, mug)).toEqual([0, 0]);
  });

  it('fails in the end, frees the stock, and another card may pay', async () => {
    const { buyer, id, mug } = await ordered({ payment_method: 'pm_usBankAccount_processing' });
    await endProcessing(api, id, 'fail');
    await settle(api, id);
    const { body: failed } = await buyer.get(`/v1/orders/${id}`);
    const stockBetween = await stockOf(api, mug);

    const answer = await pay(buyer, id, VISA);

    expect(failed).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(stockBetween).toEqual([2, 0]);
    expect(answer.body).toMatchObject({ status: 'paid' });
  });

  it('whose outcome nobody knows is not tried a second time, but settled by itself', async () => {
    const { buyer, id } = await ordered();
    await armFault(api, { kind: 'error_before', status: 500, match: { method: 'POST', path: '/v1/payment_intents' } });

    const first = await pay(buyer, id, VISA);
    const second = await pay(buyer, id, VISA);
    await settle(api, id);

    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    expect(first.body.payment).toEqual({
      id: expect.stringMatching(/^pay_/),
      provider: 'stripe',
      status: 'processing',
    });
    expect([second.status, second.body.code]).toEqual([409, 'payment_in_progress']);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await chargesOf(api, id)).toMatchObject([{ captured: TOTAL }]);
  });

  it('that Stripe took although the connection broke is found out by the same key', async () => {
    const { buyer, id } = await ordered();
    await armFault(api, {
      ...{ kind: 'error_after', status: 500, replay: 'result' },
      match: { method: 'POST', path: '/v1/payment_intents' },
    });

    const answer = await pay(buyer, id, VISA);
    const chargedMeanwhile = await chargesOf(api, id);
    await settle(api, id);

    expect(answer.body).toMatchObject({ payment_status: 'processing' });
    expect(chargedMeanwhile).toMatchObject([{ captured: TOTAL }]);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid' });
    expect(await chargesOf(api, id)).toEqual(chargedMeanwhile);
  });
});

describe('a card that the bank asks about', () => {
  it('may be given up for another one, and only that one is charged', async () => {
    const { buyer, id } = await ordered(ASKED_BY_THE_BANK);

    const answer = await pay(buyer, id, VISA);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await intentOf(api, id)).toMatchObject({ status: 'succeeded', amount_received: TOTAL });
    expect(await chargesOf(api, id)).toMatchObject([{ captured: TOTAL }]);
  });

  it('is shown again to a buyer who lost the page', async () => {
    const { buyer, id } = await ordered(ASKED_BY_THE_BANK);

    const answer = await pay(buyer, id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'requires_action' });
    expect(answer.body.payment).toMatchObject({
      status: 'requires_action',
      client_secret: expect.stringMatching(/^pi_/),
      next_action: { type: 'use_stripe_sdk' },
    });
  });

  it('is known to be asked about also where the client confirmed by itself', async () => {
    const { buyer, id } = await ordered();
    const { body: opened } = await pay(buyer, id);
    await confirmAsClient(api, opened.payment.client_secret, 'pm_card_authenticationRequired');

    const answer = await pay(buyer, id);

    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'requires_action' });
    expect(answer.body.payment).toMatchObject({
      status: 'requires_action',
      client_secret: opened.payment.client_secret,
      next_action: { type: 'use_stripe_sdk' },
    });
  });

  it('pays a declined order once he approved', async () => {
    const { buyer, id, mug } = await ordered(DECLINED);

    const asked = await pay(buyer, id, ASKED_BY_THE_BANK);
    const held = await stockOf(api, mug);
    await authenticate(api, id, 'succeed');
    await settle(api, id);

    expect(asked.status).toBe(200);
    expect(asked.body).toMatchObject({ status: 'payment_failed', payment_status: 'requires_action' });
    expect(held).toEqual([2, 2]);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, mug)).toEqual([0, 0]);
  });
});

describe('two requests at once', () => {
  it('pay an order once', async () => {
    const { buyer, id, mug } = await ordered();

    const answers = await Promise.all([pay(buyer, id, VISA), pay(buyer, id, VISA), pay(buyer, id, VISA)]);

    const paid = answers.filter(({ status }) => status === 200);
    expect(paid).toHaveLength(1);
    for (const { body } of answers.filter(({ status }) => status !== 200)) {
      expect(['payment_in_progress', 'order_already_paid']).toContain(body.code);
    }
    expect(await chargesOf(api, id)).toMatchObject([{ captured: TOTAL }]);
    expect(await stockOf(api, mug)).toEqual([0, 0]);
  });

  it('never both take the money and give the order up', async () => {
    const { buyer, id, mug } = await ordered();

    const [paid, cancelled] = await Promise.all([pay(buyer, id, VISA), cancel(buyer, id)]);

    const { body } = await buyer.get(`/v1/orders/${id}`);
    const captured = (await chargesOf(api, id)).map((charge) => charge.captured);
    const [refund] = await api.database.query('SELECT amount FROM refunds WHERE order_id = $1', [id]);
    expect([
      // Paid first: the cancellation has to wait, or asks for all the money back.
      { paid: 200, cancelled: 409, status: 'paid', captured: [TOTAL], refund: undefined, stock: [0, 0] },
      { paid: 200, cancelled: 200, status: 'paid', captured: [TOTAL], refund: { amount: TOTAL }, stock: [0, 0] },
      // Given up first: nothing is charged.
      { paid: 400, cancelled: 200, status: 'cancelled', captured: [], refund: undefined, stock: [2, 0] },
    ]).toContainEqual({
      ...{ paid: paid.status, cancelled: cancelled.status, status: body.status, captured, refund },
      stock: await stockOf(api, mug),
    });
  });
});

describe('an intent that was given up at Stripe', () => {
  it('fails the order, and the next try opens a new one', async () => {
    const { buyer, id, mug } = await ordered();
    const { body: opened } = await pay(buyer, id);
    const dead = await intentOf(api, id);
    await fetch(`${api.sandbox?.url}/v1/payment_intents/${dead.id}/cancel`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_dashboard' },
      signal: AbortSignal.timeout(5_000),
    });
    await settle(api, id);
    const { body: failed } = await buyer.get(`/v1/orders/${id}`);
    const stockBetween = await stockOf(api, mug);

    const answer = await pay(buyer, id, VISA);

    expect(failed).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(stockBetween).toEqual([2, 0]);
    expect(answer.body).toMatchObject({ status: 'paid' });
    expect(answer.body.payment_transaction_id).not.toBe(opened.payment.id);
    expect((await intentOf(api, id)).id).not.toBe(dead.id);
    expect(await chargesOf(api, id)).toMatchObject([{ captured: TOTAL }]);
  });
});
