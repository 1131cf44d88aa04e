import '../../support/without-stripe-key.js';
import { SettlePayments } from '../../../src/checkout/use-cases/settle-payments.use-case.js';
import type { PaymentId } from '../../../src/kernel/id.js';
import { useService } from '../../acceptance/service.js';
import type { ApiClient } from '../../support/api-client.js';
import { connectionLost } from '../../support/stripe-mock.js';
import { cancel, checkOut, freshKey, order, pay } from '../../support/storefront.js';

const service = useService({ committed: true });
const sdk = () => service.stripe.sdk;
const creations = () => jest.mocked(sdk().paymentIntents.create).mock.calls;

const VISA = { payment_method: 'pm_card_visa' };
const OUR_KEY = expect.stringMatching(/^att_[0-7][0-9a-hjkmnp-tv-z]{25}$/);

/** Two mugs for 25.00 each and three plates for 3.33 each: 59.99. */
async function lines() {
  const mug = await service.product({ title: 'Mug', unitPrice: 2_500 });
  const plate = await service.product({ title: 'Plate', unitPrice: 333 });
  return [
    { product_id: mug, quantity: 2 },
    { product_id: plate, quantity: 3 },
  ];
}

async function settle(orderId: string): Promise<void> {
  const [payment] = await service.rows<{ id: PaymentId }>('SELECT id FROM payments WHERE order_id = $1', [orderId]);
  if (!payment) throw new Error(`order ${orderId} has no payment`);
  await service.app.get(SettlePayments, { strict: false }).settle(payment.id);
}

//
describe('what Stripe is asked', () => {
  it('to charge: minor units, the order and the payment as metadata, no redirects, and a key of ours', async () => {
    const { body } = await order(service.customer(), await lines(), VISA);

    expect(body).toMatchObject({ status: 'paid', total_amount: 5_999 });
    expect(creations()).toEqual([
      [
        {
          amount: 5_999,
          currency: 'usd',
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { order_id: body.id, payment_id: body.payment.id },
          payment_method: 'pm_card_visa',
          confirm: true,
        },
        { idempotencyKey: OUR_KEY },
      ],
    ]);
  });

  it('to wait for the client: the same without a payment method and without confirming', async () => {
    const buyer = service.customer();
    await buyer.put('/v1/cart', { items: await lines() }).expect(200);

    const { body } = await checkOut(buyer);

    expect(body.payment).toMatchObject({ status: 'pending', client_secret: expect.any(String) });
    expect(creations()).toEqual([
      [
        {
          ...{ amount: 6_798, currency: 'usd', metadata: { order_id: body.id, payment_id: body.payment.id } },
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
        { idempotencyKey: OUR_KEY },
      ],
    ]);
  });

  it('to charge a payment without an order: nothing but the payment as metadata', async () => {
    const { body } = await service
      .customer()
      .post('/v1/payments', { amount: 700, currency: 'EUR', ...VISA }, { idempotencyKey: freshKey() });

    expect(creations()).toMatchObject([[{ amount: 700, currency: 'eur', metadata: { payment_id: body.id } }, {}]]);
    expect(creations()[0]?.[0].metadata).not.toHaveProperty('order_id');
  });

  it('to try another card: the same intent, under a key of its own', async () => {
    const buyer = service.customer();
    const { body: refusal } = await order(buyer, await lines(), { payment_method: 'pm_card_chargeDeclined' });

    const { body } = await pay(buyer, refusal.order_id, VISA);

    const [creation] = creations();
    const intent = await jest.mocked(sdk().paymentIntents.confirm).mock.results[0]?.value;
    expect(body).toMatchObject({ status: 'paid' });
    expect(creations()).toHaveLength(1);
    expect(sdk().paymentIntents.confirm).toHaveBeenCalledTimes(1);
    expect(sdk().paymentIntents.confirm).toHaveBeenCalledWith(
      intent.id,
      { payment_method: 'pm_card_visa' },
      { idempotencyKey: OUR_KEY },
    );
    const [, , confirmation] = jest.mocked(sdk().paymentIntents.confirm).mock.calls[0] ?? [];
    expect(confirmation?.idempotencyKey).not.toBe(creation?.[1]?.idempotencyKey);
  });

  it('to give an intent up: once, with a key of ours', async () => {
    const buyer = service.customer();
    const { body: waiting } = await order(buyer, await lines(), { payment_method: 'pm_card_authenticationRequired' });

    await cancel(buyer, waiting.id).expect(200);

    expect(sdk().paymentIntents.cancel).toHaveBeenCalledTimes(1);
    expect(sdk().paymentIntents.cancel).toHaveBeenCalledWith(
      expect.stringMatching(/^pi_/),
      {},
      { idempotencyKey: OUR_KEY },
    );
  });

  it('never by its search, which lags behind', async () => {
    const buyer = service.customer();
    const { body } = await order(buyer, await lines(), { payment_method: 'pm_card_authenticationRequired' });

    await settle(body.id);
    await pay(buyer, body.id).expect(200);

    expect(sdk().paymentIntents.search).not.toHaveBeenCalled();
    expect(sdk().paymentIntents.retrieve).toHaveBeenCalledTimes(2);
  });
});

//
describe('the same request twice', () => {
  const requests: Readonly<Record<string, (buyer: ApiClient, items: object[], key: string) => PromiseLike<unknown>>> = {
    'POST /v1/orders': (buyer, items, key) => order(buyer, items, VISA, key),
    'POST /v1/orders/checkout': (buyer, _, key) => checkOut(buyer, VISA, key),
    'POST /v1/payments': (buyer, _, key) =>
      buyer.post('/v1/payments', { amount: 700, currency: 'usd', ...VISA }, { idempotencyKey: key }),
  };

  it.each(Object.entries(requests))('%s: one paymentIntents.create', async (_, send) => {
    const buyer = service.customer();
    const items = await lines();
    await buyer.put('/v1/cart', { items }).expect(200);
    const key = freshKey();

    const first = await send(buyer, items, key);
    await service.redis.client.flushdb();
    const second = await send(buyer, items, key);

    expect(second).toMatchObject({ status: 201, text: Reflect.get(Object(first), 'text') });
    expect(creations()).toHaveLength(1);
  });

  it('after a decline: the failed order again, and no new payment', async () => {
    const buyer = service.customer();
    const items = await lines();
    const key = freshKey();
    const declined = { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' };

    const first = await order(buyer, items, declined, key);
    await service.redis.client.flushdb();
    const second = await order(buyer, items, declined, key);

    expect(first.status).toBe(402);
    expect([second.status, second.text]).toEqual([402, first.text]);
    expect(creations()).toHaveLength(1);
    expect(sdk().paymentIntents.confirm).not.toHaveBeenCalled();
    const { body } = await buyer.get(`/v1/orders/${first.body.order_id}`);
    expect(body).toMatchObject({ status: 'payment_failed', payment_transaction_id: null });
  });
});

describe('a connection that breaks', () => {
  it('before Stripe heard of the charge: the job sends the identical request with the same key', async () => {
    jest.mocked(sdk().paymentIntents.create).mockRejectedValueOnce(connectionLost());
    const buyer = service.customer();
    const items = await lines();
    const key = freshKey();
    const first = await order(buyer, items, VISA, key);

    await settle(first.body.id);

    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    expect(creations()).toHaveLength(2);
    expect(creations()[1]).toEqual(creations()[0]);
    expect((await buyer.get(`/v1/orders/${first.body.id}`)).body).toMatchObject({
      status: 'paid',
      total_amount: 5_999,
    });
    expect((await order(buyer, items, VISA, key)).text).toBe(first.text);
    expect(creations()).toHaveLength(2);
  });

  it('leaves the stock held and the cart empty meanwhile', async () => {
    jest.mocked(sdk().paymentIntents.create).mockRejectedValueOnce(connectionLost());
    const buyer = service.customer();
    const items = await lines();
    await buyer.put('/v1/cart', { items }).expect(200);

    const answer = await checkOut(buyer, VISA);

    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    expect(await service.stock(items[0]?.product_id ?? '')).toEqual({ on_hand: 10, reserved: 2 });
    expect((await buyer.get('/v1/cart')).body.items).toEqual([]);
  });
});
