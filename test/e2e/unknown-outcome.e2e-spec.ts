import type { ApiClient } from '../support/api-client.js';
import { useOwnDatabase } from '../support/database.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { type Fault, type StripeControl, stripeControl } from '../support/stripe-control.js';

const PRICE = 2_500;
const TOTAL = PRICE + 599;
const CHARGE = { method: 'POST', path: '/v1/payment_intents' };

const own = useOwnDatabase();
let system: TestSystem;
let stripe: StripeControl;

beforeAll(async () => {
  system = await prepareSystem({ databaseUrl: own.url, config: { STRIPE_TIMEOUT_MS: '300' } });
  stripe = stripeControl(system.sandbox);
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterEach(() => stripe.disarm());

afterAll(() => system.close());

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

async function buyerOfOne(): Promise<{ buyer: ApiClient; productId: string }> {
  const { id } = await addProduct(query, { unitPrice: PRICE, onHand: 3 });
  const buyer = system.customer();
  await fillCart(buyer, [{ product_id: id, quantity: 1 }]);
  return { buyer, productId: id };
}

/** The order once its payment is no longer under way. */
function settled(buyer: ApiClient, orderId: string) {
  return eventually(
    async () => {
      const { body } = await buyer.get(`/v1/orders/${orderId}`).expect(200);
      expect(body.payment_status).not.toBe('processing');
      return body;
    },
    { withinMs: 15_000, everyMs: 50 },
  );
}

async function stockOf(productId: string): Promise<[number, number]> {
  const [level] = await query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [productId]);
  return [level.on_hand, level.reserved];
}

async function capturedFor(orderId: string): Promise<number[]> {
  const charges = (await stripe.capturedByOrder()).get(orderId) ?? [];
  return charges.map(({ captured }) => captured);
}

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['a time-out before anything happened', { kind: 'hang_before' }],
  ['a time-out after the card was asked', { kind: 'hang_after' }],
  // The SDK itself repeats a broken call once: both have to break.
  ['a connection that broke after the card was asked, twice', { kind: 'reset_after', times: 2 }],
  ['409 from a twin that is running', { kind: 'conflict' }],
  ['429', { kind: 'rate_limit' }],
  ['500 before anything happened', { kind: 'error_before', status: 500 }],
  ['503 before anything happened', { kind: 'error_before', status: 503 }],
  ['500 afterwards, which a repeat makes good', { kind: 'error_after', status: 500, replay: 'result' }],
  ['500 afterwards, which Stripe repeats for the key', { kind: 'error_after', status: 500, replay: 'error' }],
  ['502 afterwards, which Stripe repeats for the key', { kind: 'error_after', status: 502, replay: 'error' }],
];

describe('a charge whose outcome nobody heard', () => {
  /** Pays an order of its own with this fault in the way, and tells how it went. */
  async function payThrough(fault: Fault, paymentMethod: string) {
    const { id: productId } = await addProduct(query, { unitPrice: TOTAL, onHand: 3 });
    const buyer = system.customer();
    const order = await buyer.post(
      '/v1/orders',
      { items: [{ product_id: productId, quantity: 1 }] },
      { idempotencyKey: 'order' },
    );
    const orderId = String(order.body.id);
    await stripe.arm({ ...fault, match: { ...CHARGE, metadata_order_id: orderId } });

    const answer = await buyer.post(
      `/v1/orders/${orderId}/payments`,
      { payment_method: paymentMethod },
      { idempotencyKey: 'pay' },
    );
    const end = await settled(buyer, orderId);

    const stock = await stockOf(productId);
    return [answer.status, answer.body.payment_status, end.status, await capturedFor(orderId), stock];
  }

  /** What became of an order of its own behind each fault, all of them at once. */
  async function payThroughAll(paymentMethod: string) {
    const ends = await Promise.all(FAULTS.map(([, fault]) => payThrough(fault, paymentMethod)));
    return Object.fromEntries(FAULTS.map(([name], index) => [name, ends[index]]));
  }

  const eachEnds = (end: unknown[]) => Object.fromEntries(FAULTS.map(([name]) => [name, end]));

  //
  it('is settled by the worker, and the card is charged once', async () => {
    const ends = await payThroughAll('pm_card_visa');

    expect(ends).toEqual(eachEnds([200, 'processing', 'paid', [TOTAL], [2, 0]]));
    await expectSettled(own.dataSource);
  });

  //
  it('is settled by the worker where the card was declined, and the stock is free again', async () => {
    const ends = await payThroughAll('pm_card_chargeDeclined');

    expect(ends).toEqual(eachEnds([200, 'processing', 'payment_failed', [], [3, 0]]));
    await expectSettled(own.dataSource);
  });
});

describe('a checkout whose charge nobody heard of', () => {
  it('keeps its first answer, while the order tells how it ended', async () => {
    const { buyer, productId } = await buyerOfOne();
    await stripe.arm({ kind: 'hang_after', match: CHARGE });

    const first = await checkOut(buyer, { key: 'kept' });
    const order = await settled(buyer, first.body.id);
    const again = await checkOut(buyer, { key: 'kept' });

    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ status: 'created', payment_status: 'processing', total_amount: TOTAL });
    expect(order).toMatchObject({ id: first.body.id, status: 'paid' });
    expect([again.status, again.headers['idempotent-replayed'], again.text]).toEqual([201, 'true', first.text]);
    expect(await capturedFor(first.body.id)).toEqual([TOTAL]);
    expect(await stockOf(productId)).toEqual([2, 0]);
    await expectSettled(own.dataSource);
  });

  //
  it('gives the cart back where the card was declined', async () => {
    const { buyer, productId } = await buyerOfOne();
    await stripe.arm({ kind: 'error_after', replay: 'error', match: CHARGE });

    const answer = await checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });

    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    expect(await settled(buyer, answer.body.id)).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(productId)).toEqual([3, 0]);
    const cart = await buyer.get('/v1/cart');
    expect(cart.body.items).toMatchObject([{ product_id: productId, quantity: 1 }]);
    await expectSettled(own.dataSource);
  });

  it('asks for the customer where his bank wants to hear from him', async () => {
    const { buyer } = await buyerOfOne();
    await stripe.arm({ kind: 'error_after', replay: 'error', match: CHARGE });

    const answer = await checkOut(buyer, { paymentMethod: 'pm_card_authenticationRequired' });

    expect(answer.body).toMatchObject({ payment_status: 'processing' });
    expect(await settled(buyer, answer.body.id)).toMatchObject({
      status: 'created',
      payment_status: 'requires_action',
    });
    await expectInvariants(own.dataSource);
  });
});

describe('while the outcome of a charge is unknown', () => {
  it('the stock stays held, and the order can neither be paid again nor cancelled', async () => {
    const { buyer, productId } = await buyerOfOne();
    await stripe.arm({ kind: 'hang_after', match: { path: '/v1/payment_intents' }, times: 'always' });

    const { body: order } = await checkOut(buyer);
    const second = await buyer.post(
      `/v1/orders/${order.id}/payments`,
      { payment_method: 'pm_card_visa' },
      { idempotencyKey: 'second' },
    );
    const cancelled = await buyer.post(`/v1/orders/${order.id}/cancel`, {}, { idempotencyKey: 'cancel' });
    // One more look, which brings nothing either.
    await eventually(async () => expect(await stripe.fired('hang_after')).toBeGreaterThan(2), { withinMs: 10_000 });
    const held = await stockOf(productId);
    await stripe.disarm();

    expect([second.status, second.body.code]).toEqual([409, 'payment_in_progress']);
    expect([cancelled.status, cancelled.body.code]).toEqual([409, 'payment_in_progress']);
    expect(held).toEqual([3, 1]);
    expect(await settled(buyer, order.id)).toMatchObject({ status: 'paid' });
    expect(await capturedFor(order.id)).toEqual([TOTAL]);
    await expectSettled(own.dataSource);
  });
});

describe('a second try whose outcome nobody heard', () => {
  it.each<[string, Fault]>([
    ['a time-out', { kind: 'hang_after' }],
    ['a failure that Stripe repeats', { kind: 'error_after', replay: 'error' }],
  ])('pays the order once behind %s', async (_, fault) => {
    const { buyer, productId } = await buyerOfOne();
    const declined = await checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    const orderId = String(declined.body.order_id);
    await stripe.arm({ ...fault, match: CHARGE });

    const answer = await buyer.post(
      `/v1/orders/${orderId}/payments`,
      { payment_method: 'pm_card_visa' },
      { idempotencyKey: 'retry' },
    );

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: orderId, status: 'payment_failed', payment_status: 'processing' });
    expect(await settled(buyer, orderId)).toMatchObject({ status: 'paid' });
    expect(await capturedFor(orderId)).toEqual([TOTAL]);
    expect(await stockOf(productId)).toEqual([2, 0]);
    await expectSettled(own.dataSource);
  });

  it('fails again where its card was declined as well', async () => {
    const { buyer, productId } = await buyerOfOne();
    const declined = await checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    const orderId = String(declined.body.order_id);
    await stripe.arm({ kind: 'error_after', replay: 'error', match: CHARGE });

    const answer = await buyer.post(
      `/v1/orders/${orderId}/payments`,
      { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' },
      { idempotencyKey: 'retry' },
    );

    expect(answer.body).toMatchObject({ payment_status: 'processing' });
    expect(await settled(buyer, orderId)).toMatchObject({ status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(productId)).toEqual([3, 0]);
    await expectSettled(own.dataSource);
  });
});

describe('a standalone payment whose outcome nobody heard', () => {
  it('is charged once and succeeds by itself', async () => {
    const buyer = system.customer();
    await stripe.arm({ kind: 'error_after', replay: 'error', match: CHARGE });

    const answer = await buyer.post(
      '/v1/payments',
      { amount: 4_321, currency: 'usd', payment_method: 'pm_card_visa' },
      { idempotencyKey: 'alone' },
    );

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'processing' });
    await eventually(
      async () => {
        const payment = await system.admin().get(`/v1/admin/payments/${answer.body.id}`);
        expect(payment.body).toMatchObject({ status: 'succeeded', amount: 4_321 });
      },
      { withinMs: 15_000, everyMs: 100 },
    );
    const { charges } = await stripe.ledger();
    expect(charges.filter((charge) => charge.payment_id === answer.body.id).map(({ captured }) => captured)).toEqual([
      4_321,
    ]);
  });
});
