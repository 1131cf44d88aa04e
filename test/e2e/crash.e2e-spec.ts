import type request from 'supertest';
import type { ApiClient } from '../support/api-client.js';
import { useOwnDatabase } from '../support/database.js';
import { expectBooksAgree, expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { type StripeControl, stripeControl } from '../support/stripe-control.js';

/** What a repeat of a request may take to be answered after a crash, and what everything may take to be definite. */
const ANSWER_LIMIT_MS = 30_000;
const END_LIMIT_MS = 60_000;

const PRICE = 2_500;
const TOTAL = PRICE + 599;
const CHARGE = { method: 'POST', path: '/v1/payment_intents' };

const own = useOwnDatabase();
let system: TestSystem;
let stripe: StripeControl;

beforeAll(async () => {
  system = await prepareSystem({ databaseUrl: own.url });
  stripe = stripeControl(system.sandbox);
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterEach(() => stripe.disarm());
afterAll(() => system.close());

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

/** A request that a client sends until somebody answers it for good. */
interface Scene {
  readonly buyer: ApiClient;
  readonly productId: string;
  readonly send: () => request.Test;
}

async function product(): Promise<string> {
  return (await addProduct(query, { unitPrice: PRICE, onHand: 5 })).id;
}

/** A cart that is checked out with this card. */
async function checkoutWith(paymentMethod: string): Promise<Scene> {
  const productId = await product();
  const buyer = system.customer();
  await fillCart(buyer, [{ product_id: productId, quantity: 1 }]);
  return { buyer, productId, send: () => checkOut(buyer, { key: 'checkout', paymentMethod }) };
}

/** An order whose card was declined, and that is paid once more with a good one. */
async function secondTry(): Promise<Scene & { orderId: string }> {
  const { buyer, productId, send } = await checkoutWith('pm_card_chargeDeclinedLostCard');
  const orderId = String((await send()).body.order_id);
  const again = () =>
    buyer.post(`/v1/orders/${orderId}/payments`, { payment_method: 'pm_card_visa' }, { idempotencyKey: 'again' });
  return { buyer, productId, orderId, send: again };
}

/** An order whose open intent has to be given up with it. */
async function cancellation(): Promise<Scene & { orderId: string }> {
  const { buyer, productId, send } = await checkoutWith('pm_card_chargeDeclinedLostCard');
  const orderId = String((await send()).body.order_id);
  return {
    buyer,
    productId,
    orderId,
    send: () => buyer.post(`/v1/orders/${orderId}/cancel`, {}, { idempotencyKey: 'stop' }),
  };
}

/** Sends a request whose answer nobody will hear: the API dies before. */
function sendUnheard({ send }: Scene): void {
  send().then(
    () => undefined,
    () => undefined,
  );
}

/** Repeats the same request until its answer is definite. */
function definiteAnswer({ send }: Scene): Promise<request.Response> {
  return eventually(
    async () => {
      const answer = await send().timeout(20_000);
      expect(answer.body.code).not.toBe('idempotency_key_in_use');
      return answer;
    },
    { withinMs: ANSWER_LIMIT_MS, everyMs: 500 },
  );
}

/** The states of all the orders that a buyer has. */
async function statusesOf(buyer: ApiClient): Promise<string[]> {
  const orders: { status: string }[] = await query('SELECT status FROM orders WHERE customer_id = $1', [buyer.id]);
  return orders.map(({ status }) => status);
}

async function stockOf(productId: string): Promise<[number, number]> {
  const [level] = await query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [productId]);
  return [level.on_hand, level.reserved];
}

describe('a process that dies between two steps of a payment', () => {
  // each scene stops at another point, and one kill -9 hits all of them.
  it('leaves nothing half done once it runs again', async () => {
    const beforeCharge = await checkoutWith('pm_card_visa');
    const afterCharge = await checkoutWith('pm_card_mastercard');
    const afterDecline = await checkoutWith('pm_card_chargeDeclined');
    const secondCharge = await secondTry();
    const cancelled = await cancellation();
    const inWorker = await checkoutWith('pm_card_visa');
    await stripe.arm({ kind: 'error_before', match: { ...CHARGE, payment_method: 'pm_card_visa' } });
    const unheard = await inWorker.send();
    const workerOrder = { metadata_order_id: String(unheard.body.id) };
    await stripe.arm({ kind: 'hang_after', match: { ...CHARGE, ...workerOrder } });
    await eventually(async () => expect(await stripe.fired('hang_after')).toBe(1), { withinMs: 10_000 });
    await stripe.arm({ kind: 'hang_before', match: { ...CHARGE, payment_method: 'pm_card_visa' } });
    await stripe.arm({ kind: 'hang_after', match: { ...CHARGE, payment_method: 'pm_card_mastercard' } });
    await stripe.arm({ kind: 'hang_after', match: { ...CHARGE, payment_method: 'pm_card_chargeDeclined' } });
    await stripe.arm({ kind: 'hang_after', match: { metadata_order_id: cancelled.orderId } });
    [beforeCharge, afterCharge, afterDecline, cancelled].forEach(sendUnheard);
    await eventually(async () => expect(await stripe.fired('hang_before')).toBe(1));
    await eventually(async () => expect(await stripe.fired('hang_after')).toBe(4));
    await stripe.arm({ kind: 'hang_after', match: { metadata_order_id: secondCharge.orderId } });
    sendUnheard(secondCharge);
    await eventually(async () => expect(await stripe.fired('hang_after')).toBe(5));

    await Promise.all([system.api.kill9(), system.worker.kill9()]);
    await expectInvariants(own.dataSource);
    await stripe.disarm();
    await Promise.all([system.api.start(), system.worker.start()]);
    const scenes = [beforeCharge, afterCharge, afterDecline, secondCharge, cancelled, inWorker];
    const answers = await Promise.all(scenes.map(definiteAnswer));

    expect(answers.map(({ status, body }) => [status, body.code ?? body.status])).toEqual([
      [201, 'paid'],
      [201, 'paid'],
      [402, 'order_payment_failed'],
      [200, 'paid'],
      [200, 'cancelled'],
      // Its answer was stored before the crash; the order itself has gone on.
      [201, 'created'],
    ]);
    await eventually(() => expectSettled(own.dataSource), { withinMs: END_LIMIT_MS, everyMs: 250 });
    await expectBooksAgree(own.dataSource, stripe);
    const ends = await Promise.all(
      scenes.map(async ({ buyer, productId }) => [await statusesOf(buyer), await stockOf(productId)]),
    );
    expect(ends).toEqual([
      [['paid'], [4, 0]],
      [['paid'], [4, 0]],
      [['payment_failed'], [5, 0]],
      [['paid'], [4, 0]],
      [['cancelled'], [5, 0]],
      [['paid'], [4, 0]],
    ]);
  }, 120_000);
});

describe('a worker that dies in the middle of a refund', () => {
  //
  it('leaves it to the next one, which gives the money and the goods back once', async () => {
    const scenes = await Promise.all([checkoutWith('pm_card_visa'), checkoutWith('pm_card_visa')]);
    const orders = await Promise.all(scenes.map(async ({ send }) => String((await send()).body.id)));
    const faults = ['hang_before', 'hang_after'];
    const refunds: string[] = [];
    for (const [at, id] of orders.entries()) {
      const match = { method: 'POST', path: '/v1/refunds', metadata_order_id: id };
      await stripe.arm({ kind: faults[at] ?? '', match });
      const key = { idempotencyKey: `refund-${id}` };
      refunds.push((await system.admin().post(`/v1/admin/orders/${id}/refunds`, {}, key).expect(202)).body.id);
    }
    for (const kind of faults) await eventually(async () => expect(await stripe.fired(kind)).toBe(1));

    await system.worker.kill9();
    await expectInvariants(own.dataSource);
    expect(await query('SELECT status FROM refunds')).toEqual([{ status: 'submitted' }, { status: 'submitted' }]);
    await stripe.disarm();
    // The dead worker's lease is over at once, as after the 20 s that it has.
    await query('UPDATE refunds SET next_check_at = now()');
    await system.worker.start();

    await eventually(
      async () => {
        expect(await query('SELECT status FROM refunds')).toEqual([{ status: 'succeeded' }, { status: 'succeeded' }]);
      },
      { withinMs: ANSWER_LIMIT_MS },
    );
    const made = (await stripe.ledger()).refunds.map(({ refund_id, amount, status }) => [refund_id, amount, status]);
    expect(made.sort()).toEqual(refunds.map((id) => [id, TOTAL, 'succeeded']).sort());
    expect(await Promise.all(scenes.map(({ buyer }) => statusesOf(buyer)))).toEqual([['refunded'], ['refunded']]);
    expect(await Promise.all(scenes.map(({ productId }) => stockOf(productId)))).toEqual([
      [5, 0],
      [5, 0],
    ]);
    await expectInvariants(own.dataSource);
  }, 60_000);
});

describe('an outcome that Stripe never tells', () => {
  // the limit of the request is the proof that an answer comes in time, with the settings of production.
  it('keeps a buyer waiting no longer than fifteen seconds', async () => {
    const scene = await checkoutWith('pm_card_visa');
    await stripe.arm({ kind: 'hang_before', match: CHARGE });

    const answer = await scene.send().timeout(15_000);

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'processing', total_amount: TOTAL });
    await eventually(() => expectSettled(own.dataSource), { withinMs: END_LIMIT_MS, everyMs: 250 });
    expect(await statusesOf(scene.buyer)).toEqual(['paid']);
  }, 60_000);

  it('is no failure where the connection breaks once and the SDK repeats the call itself', async () => {
    const scene = await checkoutWith('pm_card_visa');
    await stripe.arm({ kind: 'reset_after', match: CHARGE });

    const answer = await scene.send();

    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    await expectBooksAgree(own.dataSource, stripe);
  });
});
