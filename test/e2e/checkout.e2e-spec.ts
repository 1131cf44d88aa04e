import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import {
  authenticate,
  buyCart,
  cartOf,
  chargesOf,
  checkOut,
  confirmAsClient,
  eventTypes,
  intentOf,
  ledgerOf,
  pay,
  settle,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const ORDER_ID = expect.stringMatching(/^ord_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
const ITEM_ID = expect.stringMatching(/^item_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
const SHIPMENT_ID = expect.stringMatching(/^shp_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
const PAYMENT_ID = expect.stringMatching(/^pay_[0-7][0-9a-hjkmnp-tv-z]{25}$/);

/** A mug for 25.00 and a plate for 12.50, ten of each; two mugs and three plates cost 87.50, and 7.99 to send west. */
async function mugsAndPlates() {
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250 });
  const lines = [
    { product_id: mug, quantity: 2 },
    { product_id: plate, quantity: 3 },
  ];
  return { mug, plate, lines, total: 9_549 };
}

describe('checkout with a card', () => {
  //
  it('turns the cart into a paid order, sells the stock and empties the cart', async () => {
    const { mug, plate, lines } = await mugsAndPlates();
    const buyer = api.customer();

    const answer = await buyCart(buyer, lines, { payment_method: 'pm_card_visa' });

    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toEqual({
      id: ORDER_ID,
      number: expect.any(Number),
      customer_id: buyer.id,
      email: `${buyer.id}@example.com`,
      status: 'paid',
      payment_status: 'paid',
      fulfillment_status: 'unfulfilled',
      disputed: false,
      currency: 'usd',
      subtotal: 8_750,
      shipping_total: 799,
      tax_total: 0,
      discount_total: 0,
      total_amount: 9_549,
      refunded_amount: 0,
      items: [
        {
          ...{ id: ITEM_ID, product_id: mug, sku: expect.stringMatching(/^SKU-/), title: 'Blue mug', quantity: 2 },
          ...{ unit_price: 2_500, line_total: 5_000, refunded_quantity: 0, restocked_quantity: 0 },
        },
        {
          ...{
            id: ITEM_ID,
            product_id: plate,
            sku: expect.stringMatching(/^SKU-/),
            title: 'Deep plate',
            quantity: 3,
          },
          ...{ unit_price: 1_250, line_total: 3_750, refunded_quantity: 0, restocked_quantity: 0 },
        },
      ],
      shipping_address: US_ADDRESS,
      shipment: { id: SHIPMENT_ID, status: 'ready', zone: 'us_west', tracking: null },
      payment_transaction_id: PAYMENT_ID,
      reservation_expires_at: null,
      cancel_reason: null,
      allowed_transitions: ['fulfilled', 'refunded'],
      version: 2,
      created_at: TIME,
      updated_at: TIME,
      payment: { id: answer.body.payment_transaction_id, provider: 'stripe', status: 'succeeded' },
    });
    expect(await cartOf(buyer)).toEqual([]);
    expect(await stockOf(api, mug)).toEqual([8, 0]);
    expect(await stockOf(api, plate)).toEqual([7, 0]);
  });

  //
  it('writes every sold line into the stock ledger once, and ends the hold', async () => {
    const { mug, plate, lines } = await mugsAndPlates();

    const { body } = await buyCart(api.customer(), lines, { payment_method: 'pm_card_mastercard' });

    const movements = await api.database.query(
      'SELECT product_id, delta, kind FROM stock_movements WHERE cause = $1 ORDER BY product_id',
      [body.id],
    );
    const holds = await api.database.query('SELECT status FROM reservations WHERE order_id = $1', [body.id]);
    expect(movements).toEqual([
      { product_id: mug, delta: -2, kind: 'sale' },
      { product_id: plate, delta: -3, kind: 'sale' },
    ]);
    expect(holds).toEqual([{ status: 'confirmed' }]);
  });

  //
  it('asks Stripe once for the total in minor units, and says which order and which payment it is for', async () => {
    const { lines } = await mugsAndPlates();
    const before = await ledgerOf(api);

    const { body } = await buyCart(api.customer(), lines, { payment_method: 'pm_card_visa' });

    const after = await ledgerOf(api);
    const createdIntents = (ledger: typeof before) => ledger.calls['POST /v1/payment_intents'] ?? 0;
    expect(createdIntents(after) - createdIntents(before)).toBe(1);
    expect(await chargesOf(api, body.id)).toMatchObject([
      {
        amount: 9_549,
        captured: 9_549,
        refunded: 0,
        currency: 'usd',
        status: 'succeeded',
        payment_id: body.payment.id,
      },
    ]);
    expect(await intentOf(api, body.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 9_549,
      metadata: { order_id: body.id, payment_id: body.payment.id },
    });
  });

  it('gives orders rising numbers', async () => {
    const mug = await stockedProduct(api);
    const buyer = api.customer();

    const first = await buyCart(buyer, [{ product_id: mug, quantity: 1 }], { payment_method: 'pm_card_visa' });
    const second = await buyCart(buyer, [{ product_id: mug, quantity: 1 }], { payment_method: 'pm_card_visa' });

    expect(Number.isSafeInteger(first.body.number)).toBe(true);
    expect(second.body.number).toBeGreaterThan(first.body.number);
    expect(second.body.id > first.body.id).toBe(true);
  });

  it('takes the total that the buyer was shown', async () => {
    const { lines, total } = await mugsAndPlates();

    const answer = await buyCart(api.customer(), lines, { payment_method: 'pm_card_visa', expected_total: total });

    expect(answer.status).toBe(201);
    expect(answer.body.total_amount).toBe(total);
  });
});

describe('checkout that the client confirms', () => {
  //
  it('answers a client secret and holds the stock until the money is there', async () => {
    const { mug, plate, lines } = await mugsAndPlates();
    const buyer = api.customer();

    const answer = await buyCart(buyer, lines);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      status: 'created',
      payment_status: 'unpaid',
      payment_transaction_id: null,
      shipment: { status: 'pending_payment', zone: 'us_west', tracking: null },
      allowed_transitions: ['paid', 'payment_failed', 'cancelled'],
      version: 1,
    });
    expect(answer.body.payment).toEqual({
      id: PAYMENT_ID,
      provider: 'stripe',
      status: 'pending',
      client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
    });
    const heldForMs = Date.parse(answer.body.reservation_expires_at) - Date.parse(answer.body.created_at);
    expect(heldForMs).toBe(900_000);
    expect(await cartOf(buyer)).toEqual([]);
    expect(await stockOf(api, mug)).toEqual([10, 2]);
    expect(await stockOf(api, plate)).toEqual([10, 3]);
    expect(await chargesOf(api, answer.body.id)).toEqual([]);
  });

  //
  it('is paid once the buyer comes back and asks', async () => {
    const { mug, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines);
    await confirmAsClient(api, created.payment.client_secret, 'pm_card_visa');

    const answer = await pay(buyer, created.id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: created.id,
      status: 'paid',
      payment_status: 'paid',
      payment_transaction_id: created.payment.id,
      reservation_expires_at: null,
      shipment: { status: 'ready' },
      version: 2,
      payment: { id: created.payment.id, provider: 'stripe', status: 'succeeded' },
    });
    expect(answer.body.payment).not.toHaveProperty('client_secret');
    expect(await stockOf(api, mug)).toEqual([8, 0]);
  });

  it('is paid by the job where the buyer never comes back', async () => {
    const { lines, total } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines);
    await confirmAsClient(api, created.payment.client_secret, 'pm_card_visa');

    await settle(api, created.id);
    await settle(api, created.id);

    const { body } = await buyer.get(`/v1/orders/${created.id}`);
    expect(body).toMatchObject({ status: 'paid', payment_transaction_id: created.payment.id, version: 2 });
    expect(await chargesOf(api, created.id)).toMatchObject([{ captured: total }]);
    expect(await eventTypes(api, created.id)).toEqual(['order_created', 'order_paid']);
  });

  it('gives the lines back to the cart when the card was declined in the browser', async () => {
    const { mug, plate, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines);
    await confirmAsClient(api, created.payment.client_secret, 'pm_card_chargeDeclined');

    await settle(api, created.id);

    const { body } = await buyer.get(`/v1/orders/${created.id}`);
    expect(body).toMatchObject({ status: 'payment_failed', payment_status: 'failed', reservation_expires_at: null });
    expect(await cartOf(buyer)).toEqual([
      [mug, 2],
      [plate, 3],
    ]);
    expect(await stockOf(api, mug)).toEqual([10, 0]);
    expect(await intentOf(api, created.id)).toMatchObject({ status: 'requires_payment_method' });
  });

  it('leaves a cart alone that the buyer has begun to fill again', async () => {
    const { lines } = await mugsAndPlates();
    const bowl = await stockedProduct(api, { title: 'Bowl' });
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines);
    await buyer.put('/v1/cart', { items: [{ product_id: bowl, quantity: 1 }] }).expect(200);
    await confirmAsClient(api, created.payment.client_secret, 'pm_card_chargeDeclined');

    await settle(api, created.id);

    expect(await cartOf(buyer)).toEqual([[bowl, 1]]);
  });
});

describe('checkout with a card that the bank asks about', () => {
  it('says what the customer has to do, and holds the stock meanwhile', async () => {
    const { mug, lines } = await mugsAndPlates();
    const buyer = api.customer();

    const answer = await buyCart(buyer, lines, { payment_method: 'pm_card_authenticationRequired' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'requires_action', version: 2 });
    expect(answer.body.payment).toEqual({
      id: PAYMENT_ID,
      provider: 'stripe',
      status: 'requires_action',
      client_secret: expect.stringMatching(/^pi_\w+_secret_\w+$/),
      next_action: {
        type: 'use_stripe_sdk',
        use_stripe_sdk: {
          type: 'three_d_secure_redirect',
          sandbox_url: expect.stringContaining(`${api.sandbox?.url}/authenticate/`),
        },
      },
    });
    expect(await cartOf(buyer)).toEqual([]);
    expect(await stockOf(api, mug)).toEqual([10, 2]);
  });

  it('is paid after he approved', async () => {
    const { mug, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines, { payment_method: 'pm_card_authenticationRequired' });
    await authenticate(api, created.id, 'succeed');

    const answer = await pay(buyer, created.id);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'paid', payment_status: 'paid', version: 3 });
    expect(await stockOf(api, mug)).toEqual([8, 0]);
    expect(await eventTypes(api, created.id)).toEqual(['order_created', 'order_payment_updated', 'order_paid']);
  });

  it('fails after he refused, and gives stock and cart back', async () => {
    const { mug, plate, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: created } = await buyCart(buyer, lines, { payment_method: 'pm_card_authenticationRequired' });
    await authenticate(api, created.id, 'fail');

    await settle(api, created.id);

    const { body } = await buyer.get(`/v1/orders/${created.id}`);
    expect(body).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(api, mug)).toEqual([10, 0]);
    expect(await cartOf(buyer)).toEqual([
      [mug, 2],
      [plate, 3],
    ]);
  });
});

//
describe('checkout with a card that is declined', () => {
  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['pm_card_chargeDeclinedLostCard', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ])('%s: 402 %s, the cart and the stock as before', async (paymentMethod, declineCode) => {
    const { mug, plate, lines } = await mugsAndPlates();
    const buyer = api.customer();

    const answer = await buyCart(buyer, lines, { payment_method: paymentMethod });

    expect(answer.status).toBe(402);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual({
      type: 'urn:holdfast:problem:order_payment_failed',
      title: 'Payment Required',
      status: 402,
      detail: 'The payment was declined. The order is kept; pay it with another payment method.',
      instance: '/v1/orders/checkout',
      code: 'order_payment_failed',
      request_id: expect.stringMatching(/^req_/),
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      order_id: ORDER_ID,
      decline_code: declineCode,
    });
    expect(await cartOf(buyer)).toEqual([
      [mug, 2],
      [plate, 3],
    ]);
    expect(await stockOf(api, mug)).toEqual([10, 0]);
    expect(await stockOf(api, plate)).toEqual([10, 0]);
  });

  it('keeps the order in the history as payment_failed, without any money taken', async () => {
    const { lines, total } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: refusal } = await buyCart(buyer, lines, { payment_method: 'pm_card_chargeDeclined' });

    const { body } = await buyer.get('/v1/orders').expect(200);

    expect(body.orders).toMatchObject([
      {
        id: refusal.order_id,
        status: 'payment_failed',
        payment_status: 'failed',
        payment_transaction_id: null,
        reservation_expires_at: null,
        shipment: { status: 'pending_payment' },
        allowed_transitions: ['paid', 'cancelled'],
        version: 2,
      },
    ]);
    expect(await chargesOf(api, refusal.order_id)).toMatchObject([{ status: 'failed', amount: total, captured: 0 }]);
    expect(await eventTypes(api, refusal.order_id)).toEqual(['order_created', 'order_payment_failed']);
    expect(await api.database.query('SELECT * FROM stock_movements WHERE cause = $1', [refusal.order_id])).toEqual([]);
  });

  it('leaves a cart that can be checked out again, as an order of its own', async () => {
    const { mug, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const { body: refusal } = await buyCart(buyer, lines, { payment_method: 'pm_card_chargeDeclined' });

    const again = await checkOut(buyer, { payment_method: 'pm_card_visa' });

    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({ status: 'paid', total_amount: 9_549 });
    expect(again.body.id).not.toBe(refusal.order_id);
    expect(await stockOf(api, mug)).toEqual([8, 0]);
    expect(await cartOf(buyer)).toEqual([]);
  });

  it('tells a payment method that Stripe does not know from a broken shop', async () => {
    const { lines } = await mugsAndPlates();
    const buyer = api.customer();

    const answer = await buyCart(buyer, lines, { payment_method: 'pm_nobody_has_this' });

    expect(answer.status).toBe(402);
    expect(answer.body).toMatchObject({ code: 'order_payment_failed', decline_code: 'resource_missing' });
    expect(await cartOf(buyer)).toHaveLength(2);
    expect(api.logs.named('payment_provider_refused')).toEqual([]);
  });
});

describe('checkout that is paid outside', () => {
  it('waits for the shop, holds the stock for a week and never speaks to Stripe', async () => {
    const { mug, lines } = await mugsAndPlates();
    const buyer = api.customer();
    const before = await ledgerOf(api);

    const answer = await buyCart(buyer, lines, { provider: 'manual', payment_method: 'pm_card_visa' });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'unpaid', version: 1 });
    expect(answer.body.payment).toEqual({ id: null, provider: 'manual', status: 'pending' });
    const heldForMs = Date.parse(answer.body.reservation_expires_at) - Date.parse(answer.body.created_at);
    expect(heldForMs).toBe(604_800_000);
    expect(await stockOf(api, mug)).toEqual([10, 2]);
    expect(await cartOf(buyer)).toEqual([]);
    expect(await ledgerOf(api)).toEqual(before);
  });
});

describe('the email of an order', () => {
  const lines = async () => [{ product_id: await stockedProduct(api), quantity: 1 }];
  const bought = { payment_method: 'pm_card_visa' };

  it('is the one in the token, in lower case', async () => {
    const answer = await buyCart(api.customer('erin', 'Erin@Example.com'), await lines(), bought);

    expect(answer.body.email).toBe('erin@example.com');
  });

  it('is rather the one that the buyer gives, in lower case', async () => {
    const answer = await buyCart(api.customer(), await lines(), { ...bought, email: 'Gifts@Example.ORG' });

    expect(answer.status).toBe(201);
    expect(answer.body.email).toBe('gifts@example.org');
  });

  it.each(['', 'nobody', 'a@b', '@example.com', 'a b@example.com', `${'a'.repeat(250)}@example.com`, 7, ['a@b.com']])(
    'cannot be %j',
    async (email) => {
      const buyer = api.customer();

      const answer = await buyCart(buyer, await lines(), { ...bought, email });

      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'email' }] });
      expect(await cartOf(buyer)).toHaveLength(1);
    },
  );
});

describe('a guest', () => {
  it('checks out without ever signing in, with an email if he likes', async () => {
    const { mug, lines } = await mugsAndPlates();
    const { body: session } = await api.http.post('/v1/guest-sessions').expect(201);
    const guest = api.bearer(session.access_token, session.customer_id);

    const nameless = await buyCart(guest, lines, { payment_method: 'pm_card_visa' });
    const named = await buyCart(guest, lines, { payment_method: 'pm_card_visa', email: 'guest@example.com' });

    expect(nameless.body).toMatchObject({ status: 'paid', customer_id: session.customer_id, email: null });
    expect(named.body).toMatchObject({ status: 'paid', customer_id: session.customer_id, email: 'guest@example.com' });
    expect(await stockOf(api, mug)).toEqual([6, 0]);
    const { body: history } = await guest.get('/v1/orders').expect(200);
    expect(history.total_count).toBe(2);
  });
});
