import type request from 'supertest';
import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../../src/payments/index.js';
import type { ApiClient } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectBooksAgree, expectSettled } from '../support/invariants.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { type StripeControl, stripeControl } from '../support/stripe-control.js';

let api: TestApi;
let stripe: StripeControl;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('these tests count what the sandbox charged');
  stripe = stripeControl(api.sandbox);
  await stripe.dropWebhooks(`${api.url}/v1/webhooks/stripe`, api.config.STRIPE_WEBHOOK_SECRET[0] ?? '');
});

afterEach(() => jest.restoreAllMocks());

afterAll(() => api.close());

const DECLINED = 'pm_card_chargeDeclined';

async function buyerOfOne(): Promise<ApiClient> {
  const { id } = await addProduct(api.database.query, { onHand: 3 });
  const buyer = api.customer();
  await fillCart(buyer, [{ product_id: id, quantity: 1 }]);
  return buyer;
}

async function buyerOfDeclined(): Promise<{ buyer: ApiClient; orderId: string }> {
  const buyer = await buyerOfOne();
  const answer = await checkOut(buyer, { paymentMethod: DECLINED }).expect(402);
  return { buyer, orderId: String(answer.body.order_id) };
}

const payAgain = (buyer: ApiClient, orderId: string, paymentMethod: string): request.Test =>
  buyer.post(`/v1/orders/${orderId}/payments`, { payment_method: paymentMethod }, { idempotencyKey: 'again' });

/** The next request gets as far as Stripe's answer and dies before it records it: what a crash leaves, without one. */
function dieAfterNextCall(): void {
  const gateway: PaymentGateway = api.app.get(PAYMENT_GATEWAY, { strict: false });
  const send = gateway.send.bind(gateway);
  jest.spyOn(gateway, 'send').mockImplementationOnce(async (attempt) => {
    await send(attempt);
    throw new Error('the process died here');
  });
}

/** What the worker does once the lease of the call is over. */
async function settleAll(): Promise<void> {
  await api.database.query('UPDATE payments SET next_check_at = now() WHERE next_check_at IS NOT NULL');
  await api.app.get(SettlePayments, { strict: false }).sweep();
}

async function attemptsOf(buyer: ApiClient): Promise<{ action: string; outcome: string }[]> {
  return api.database.query(
    `SELECT a."action", a.outcome FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
     WHERE p.customer_id = $1 ORDER BY a.id`,
    [buyer.id],
  );
}

async function refusedMoves(orderId: string): Promise<number> {
  const rows = await api.database.query(
    `SELECT id FROM audit_entries WHERE order_id = $1 AND event_type = 'invalid_transition_attempted'`,
    [orderId],
  );
  return rows.length;
}

/** Both ways of coming back after a crash: before the worker has found out how the payment ended, and after it. */
const REPEATS: [string, () => Promise<void>][] = [
  ['before the worker settles it', () => Promise.resolve()],
  ['after the worker settled it', settleAll],
];

//
describe.each(REPEATS)('a request that is repeated after a crash, %s', (_, meanwhile) => {
  it('checks the cart out once', async () => {
    const buyer = await buyerOfOne();
    dieAfterNextCall();
    await checkOut(buyer, { key: 'crash' }).expect(500);
    await meanwhile();

    const answer = await checkOut(buyer, { key: 'crash' });
    const again = await checkOut(buyer, { key: 'crash' });

    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([answer.text, 'true']);
    expect(await attemptsOf(buyer)).toEqual([{ action: 'create', outcome: 'accepted' }]);
    await expectSettled(api.database);
    await expectBooksAgree(api.database, stripe);
  });

  it('tells of the decline of a checkout and asks the card no second time', async () => {
    const buyer = await buyerOfOne();
    dieAfterNextCall();
    await checkOut(buyer, { key: 'crash', paymentMethod: DECLINED }).expect(500);
    await meanwhile();

    const answer = await checkOut(buyer, { key: 'crash', paymentMethod: DECLINED });

    expect([answer.status, answer.body.code]).toEqual([402, 'order_payment_failed']);
    expect(await attemptsOf(buyer)).toEqual([{ action: 'create', outcome: 'declined' }]);
    await expectSettled(api.database);
  });

  it('pays an order once', async () => {
    const { buyer, orderId } = await buyerOfDeclined();
    dieAfterNextCall();
    await payAgain(buyer, orderId, 'pm_card_visa').expect(500);
    await meanwhile();

    const answer = await payAgain(buyer, orderId, 'pm_card_visa');
    const again = await payAgain(buyer, orderId, 'pm_card_visa');

    expect([answer.status, answer.body.id, answer.body.status]).toEqual([200, orderId, 'paid']);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([answer.text, 'true']);
    expect(await attemptsOf(buyer)).toEqual([
      { action: 'create', outcome: 'declined' },
      { action: 'confirm', outcome: 'accepted' },
    ]);
    expect(await refusedMoves(orderId)).toBe(0);
    await expectSettled(api.database);
    await expectBooksAgree(api.database, stripe);
  });

  it('tells of the decline of a second try and asks the card no third time', async () => {
    const { buyer, orderId } = await buyerOfDeclined();
    dieAfterNextCall();
    await payAgain(buyer, orderId, 'pm_card_chargeDeclinedLostCard').expect(500);
    await meanwhile();

    const answer = await payAgain(buyer, orderId, 'pm_card_chargeDeclinedLostCard');

    expect([answer.status, answer.body.code]).toEqual([402, 'order_payment_failed']);
    expect(await attemptsOf(buyer)).toEqual([
      { action: 'create', outcome: 'declined' },
      { action: 'confirm', outcome: 'declined' },
    ]);
    await expectSettled(api.database);
  });

  it('cancels an order and its intent once', async () => {
    const { buyer, orderId } = await buyerOfDeclined();
    const cancel = () => buyer.post(`/v1/orders/${orderId}/cancel`, { reason: 'no' }, { idempotencyKey: 'stop' });
    dieAfterNextCall();
    await cancel().expect(500);
    await meanwhile();

    const answer = await cancel();

    expect([answer.status, answer.body.status, answer.body.cancel_reason]).toEqual([200, 'cancelled', 'no']);
    expect(await attemptsOf(buyer)).toEqual([
      { action: 'create', outcome: 'declined' },
      { action: 'cancel', outcome: 'accepted' },
    ]);
    expect(await refusedMoves(orderId)).toBe(0);
    await expectSettled(api.database);
  });

  it('charges a standalone payment once', async () => {
    const buyer = api.customer();
    const charge = () =>
      buyer.post(
        '/v1/payments',
        { amount: 4_321, currency: 'usd', payment_method: 'pm_card_visa' },
        { idempotencyKey: 'alone' },
      );
    dieAfterNextCall();
    await charge().expect(500);
    await meanwhile();

    const answer = await charge();

    expect([answer.status, answer.body.status, answer.body.amount]).toEqual([201, 'succeeded', 4_321]);
    const { charges } = await stripe.ledger();
    expect(charges.filter((each) => each.payment_id === answer.body.id).map(({ captured }) => captured)).toEqual([
      4_321,
    ]);
  });
});
