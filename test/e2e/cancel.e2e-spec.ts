import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
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
const BANK_DEBIT = { payment_method: 'pm_usBankAccount_processing' };

async function ordered(body: object = {}) {
  const buyer = api.customer();
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
  return { buyer, mug, plate, id };
}

describe('giving an order up', () => {
  //
  it('that nobody began to pay frees the stock and never speaks to Stripe', async () => {
    const { buyer, id, mug, plate } = await ordered();
    const stripe = await ledgerOf(api);

    const answer = await cancel(buyer, id, { reason: 'found it cheaper 😅' });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ id, status: 'cancelled', payment_status: 'unpaid', cancel_reason: 'found it cheaper 😅' },
      ...{ reservation_expires_at: null, allowed_transitions: [], version: 2 },
    });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
    expect(await stockOf(api, plate)).toEqual([3, 0]);
    expect(await ledgerOf(api)).toEqual(stripe);
    expect(await auditOf(api, id)).toMatchObject([
      { event_type: 'order_created' },
      {
        ...{ event_type: 'order_cancelled', actor_id: buyer.id },
        previous_state: { status: 'created' },
        new_state: { status: 'cancelled', cancel_reason: 'found it cheaper 😅' },
      },
    ]);
    expect(await api.database.query('SELECT status FROM reservations WHERE order_id = $1', [id])).toEqual([
      { status: 'released' },
    ]);
  });

  it('needs neither a reason nor a body', async () => {
    const { buyer, id } = await ordered();

    const answer = await buyer.post(`/v1/orders/${id}/cancel`, undefined, { idempotencyKey: newId('key') });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'cancelled', cancel_reason: null });
  });

  it.each(['reservation_expired', ' Out of stock at payment ', 'paid\u200b_twice'])(
    'takes no reason that only the system gives: %j',
    async (reason) => {
      const { buyer, id } = await ordered();
      await pay(buyer, id);
      const before = await everything(api);

      const answers = [
        await cancel(buyer, id, { reason }),
        await api.admin().post(`/v1/admin/orders/${id}/cancel`, { reason }, { idempotencyKey: newId('key') }),
        await api.admin().post(`/v1/admin/orders/${id}/refunds`, { reason }, { idempotencyKey: newId('key') }),
      ];

      for (const { status, body } of answers) {
        expect(status).toBe(422);
        expect(body.errors).toEqual([
          { field: 'reason', message: 'is a reason that the system gives; say it in other words' },
        ]);
      }
      expect(await everything(api)).toEqual(before);
    },
  );

  it('gives its open intent up first, so that nobody can pay it any more', async () => {
    const { buyer, id, mug } = await ordered();
    const { body: opened } = await pay(buyer, id);

    const answer = await cancel(buyer, id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'cancelled', payment_status: 'unpaid', version: 2 });
    expect(await intentOf(api, id)).toMatchObject({ status: 'canceled', amount_received: 0 });
    expect(await confirmAsClient(api, opened.payment.client_secret, 'pm_card_visa')).toBe(400);
    expect(await chargesOf(api, id)).toEqual([]);
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });

  it('gives an intent up that waits for the bank', async () => {
    const { buyer, id, mug } = await ordered({ payment_method: 'pm_card_authenticationRequired' });

    const answer = await cancel(buyer, id, { reason: 'no phone at hand' });

    expect(answer.body).toMatchObject({
      status: 'cancelled',
      payment_status: 'unpaid',
      cancel_reason: 'no phone at hand',
    });
    expect(await intentOf(api, id)).toMatchObject({ status: 'canceled' });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });

  it('that was declined ends it for good, with its intent', async () => {
    const { buyer, id, mug } = await ordered(DECLINED);

    const answer = await cancel(buyer, id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'cancelled', payment_status: 'failed', version: 3 });
    expect(await intentOf(api, id)).toMatchObject({ status: 'canceled' });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_failed', 'order_cancelled']);
  });

  it('that was to be paid outside frees its stock', async () => {
    const { buyer, id, mug } = await ordered({ provider: 'manual' });

    const answer = await cancel(buyer, id);

    expect(answer.body).toMatchObject({ status: 'cancelled', payment_status: 'unpaid' });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });

  it('cancels its parcel and leaves the cart alone', async () => {
    const mug = await stockedProduct(api);
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, [{ product_id: mug, quantity: 1 }]);

    const answer = await cancel(buyer, created.id);

    expect(answer.body.shipment).toEqual({ ...created.shipment, status: 'cancelled' });
    expect(await cartOf(buyer)).toEqual([]);
  });

  it('is possible for an admin with anybody’s order, under his own name', async () => {
    const { buyer, id, mug } = await ordered();

    const answer = await api
      .admin('support')
      .post(`/v1/admin/orders/${id}/cancel`, { reason: 'asked by phone' }, { idempotencyKey: newId('key') });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'cancelled', cancel_reason: 'asked by phone', customer_id: buyer.id });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ event_type: 'order_cancelled', actor_id: 'support' });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });
});

describe('an order whose money is moving', () => {
  it('cannot be given up until the outcome is known', async () => {
    const { buyer, id } = await ordered(BANK_DEBIT);
    const before = await everything(api);

    const answer = await cancel(buyer, id);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'payment_in_progress', order_id: id });
    expect(await everything(api)).toEqual(before);
    await endProcessing(api, id, 'fail');
    await settle(api, id);
    expect((await cancel(buyer, id)).body).toMatchObject({ status: 'cancelled', payment_status: 'failed' });
  });

  it('cannot be given up where only Stripe knows that it moves', async () => {
    const { buyer, id, mug } = await ordered();
    const { body: opened } = await pay(buyer, id);
    await confirmAsClient(api, opened.payment.client_secret, 'pm_usBankAccount_processing');

    const answer = await cancel(buyer, id);

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'payment_in_progress', order_id: id });
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
      status: 'created',
      payment_status: 'processing',
      cancel_reason: null,
    });
    expect(await stockOf(api, mug)).toEqual([3, 2]);
    await endProcessing(api, id, 'succeed');
    await settle(api, id);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid' });
  });

  it('cannot be given up where nobody knows whether it moves', async () => {
    const { buyer, id } = await ordered();
    await armFault(api, { kind: 'error_before', status: 500, match: { method: 'POST', path: '/v1/payment_intents' } });
    await pay(buyer, id, VISA).expect(200);
    const before = await everything(api);

    const answer = await cancel(buyer, id);

    expect([answer.status, answer.body.code]).toEqual([409, 'payment_in_progress']);
    expect(await everything(api)).toEqual(before);
  });
});

describe('a provider that cannot be reached', () => {
  it('leaves the order as it is; the same request later ends it', async () => {
    const { buyer, id, mug } = await ordered();
    await pay(buyer, id).expect(200);
    const key = newId('key');
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'POST', path: '/v1/payment_intents' } });

    const first = await cancel(buyer, id, { reason: 'too slow' }, key);
    const { body: between } = await buyer.get(`/v1/orders/${id}`);
    const second = await cancel(buyer, id, { reason: 'too slow' }, key);

    expect(first.status).toBe(503);
    expect(first.body.code).toBe('payment_provider_unavailable');
    expect(first.headers['retry-after']).toBe('2');
    expect(between).toMatchObject({ status: 'created' });
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ status: 'cancelled', cancel_reason: 'too slow' });
    expect(await intentOf(api, id)).toMatchObject({ status: 'canceled' });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });

  it('is asked again by the job, which ends the order with the buyer’s reason', async () => {
    const { buyer, id, mug } = await ordered();
    await pay(buyer, id).expect(200);
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'POST', path: '/v1/payment_intents' } });
    await cancel(buyer, id, { reason: 'too slow' }).expect(503);

    await settle(api, id);

    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'too slow',
    });
    expect(await stockOf(api, mug)).toEqual([3, 0]);
  });
});

describe('an order that cannot be given up', () => {
  it('is one that was given up before: the second attempt is refused and leaves a trace', async () => {
    const { buyer, id } = await ordered();
    await cancel(buyer, id, { reason: 'first' }).expect(200);
    const { body: before } = await buyer.get(`/v1/orders/${id}`);

    const answer = await cancel(buyer, id, { reason: 'second' });

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      ...{ code: 'invalid_transition', current_status: 'cancelled', requested_status: 'cancelled', order_id: id },
      detail: "Cannot transition from 'cancelled' to 'cancelled'",
    });
    expect((await buyer.get(`/v1/orders/${id}`)).body).toEqual(before);
    expect(await eventTypes(api, id)).toEqual([
      ...['order_created', 'order_cancelled', 'invalid_transition_attempted'],
    ]);
  });

  it.each([
    ['fulfilled', ['fulfill']],
    ['archived', ['fulfill', 'archive']],
  ])('is one that is %s', async (status, moves) => {
    const { buyer, id, mug } = await ordered(VISA);
    for (const move of moves) await api.admin().post(`/v1/admin/orders/${id}/${move}`).expect(200);

    const answers = [
      await cancel(buyer, id),
      await api.admin().post(`/v1/admin/orders/${id}/cancel`, {}, { idempotencyKey: newId('key') }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        ...{ code: 'invalid_transition', current_status: status, requested_status: 'cancelled' },
        detail: `Cannot transition from '${status}' to 'cancelled'`,
      });
    }
    expect(await stockOf(api, mug)).toEqual([1, 0]);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status });
  });

  it.each([
    ['unknown', async () => newId('ord')],
    ['somebody else’s', async () => (await ordered()).id],
    ['no order id', async () => 'ord_1'],
  ])('is one that is %s', async (_, idOf) => {
    const id = await idOf();
    const before = await everything(api);

    const answer = await cancel(api.customer(), id);

    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('order_not_found');
    expect(await everything(api)).toEqual(before);
  });

  it.each<[string, object]>([
    ['reason', { reason: '' }],
    ['reason', { reason: 7 }],
    ['reason', { reason: 'x'.repeat(501) }],
    ['refund', { refund: true }],
  ])('is one that was asked for with a wrong %s: %j', async (field, body) => {
    const { buyer, id } = await ordered();
    const before = await everything(api);

    const answer = await cancel(buyer, id, body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });
});

describe('a paid order', () => {
  it('is given up by giving all of its money back, and stays paid until that has gone', async () => {
    const { buyer, id } = await ordered(VISA);

    const answer = await cancel(buyer, id, { reason: 'wrong colour' });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, status: 'paid', refunded_amount: 0 });
    const { body } = await api.admin().get('/v1/admin/refunds').expect(200);
    expect(body.refunds.filter((refund: { order_id: string }) => refund.order_id === id)).toMatchObject([
      { amount: 6_250, currency: 'usd', reason: 'wrong colour', restock: true, external: false },
    ]);
  });

  it('is one that the buyer paid just before he gave it up: the money goes back as well', async () => {
    const buyer: ApiClient = api.customer();
    const mug = await stockedProduct(api, { onHand: 3 });
    const { body: created } = await buyCart(buyer, [{ product_id: mug, quantity: 1 }]);
    await confirmAsClient(api, created.payment.client_secret, 'pm_card_visa');

    const answer = await cancel(buyer, created.id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'paid', payment_transaction_id: created.payment.id });
    expect(await chargesOf(api, created.id)).toMatchObject([{ captured: 1_599 }]);
    const { body } = await api.admin().get('/v1/admin/refunds').expect(200);
    expect(body.refunds.filter((refund: { order_id: string }) => refund.order_id === created.id)).toMatchObject([
      { amount: 1_599, restock: true },
    ]);
  });
});
