import type { ApiClient } from '../support/api-client.js';
import { useOwnDatabase } from '../support/database.js';
import { expectBooksAgree, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { type StripeControl, stripeControl } from '../support/stripe-control.js';

const CHARGE = { method: 'POST', path: '/v1/payment_intents' };
const GRACEFUL = { code: 0, signal: null };

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

async function buyerOfOne(): Promise<ApiClient> {
  const { id } = await addProduct(query, { onHand: 3 });
  const buyer = system.customer();
  await fillCart(buyer, [{ product_id: id, quantity: 1 }]);
  return buyer;
}

describe('a restart', () => {
  //
  it('keeps the history of a buyer as it was', async () => {
    const buyer = await buyerOfOne();
    const order = await checkOut(buyer, { key: 'before' }).expect(201);
    const before = await buyer.get('/v1/orders').expect(200);

    await Promise.all([system.api.restart(), system.worker.restart()]);

    const after = await buyer.get('/v1/orders').expect(200);
    const repeated = await checkOut(buyer, { key: 'before' });
    expect(before.body.orders).toMatchObject([{ id: order.body.id, status: 'paid', payment_status: 'paid' }]);
    expect(after.body).toEqual(before.body);
    expect([repeated.status, repeated.text]).toEqual([201, order.text]);
    expect(repeated.headers['idempotent-replayed']).toBe('true');
    await expectSettled(own.dataSource);
    await expectBooksAgree(own.dataSource, stripe);
  }, 60_000);
});

describe('SIGTERM', () => {
  it('lets the API finish the checkout that it has begun, and take no other', async () => {
    const buyer = await buyerOfOne();
    const late = await buyerOfOne();
    await stripe.arm({ kind: 'delay', delay_ms: 2_500, match: CHARGE });
    let isAnswered = false;
    const answering = checkOut(buyer).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await eventually(async () => expect(await stripe.fired('delay')).toBe(1));

    const stopping = system.api.stop();
    await eventually(() => expect(checkOut(late).timeout(1_000)).rejects.toThrow('ECONNREFUSED'));
    const wasAnswered = isAnswered;
    const [answer, exit] = await Promise.all([answering, stopping]);

    expect(wasAnswered).toBe(false);
    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    expect(exit).toEqual(GRACEFUL);
    expect(system.api.errors()).toBe('');
    await system.api.start();
    await expectSettled(own.dataSource);
    await expectBooksAgree(own.dataSource, stripe);
  }, 60_000);

  it('lets the worker finish the payment that it is settling', async () => {
    const buyer = await buyerOfOne();
    await stripe.arm({ kind: 'error_before', match: CHARGE });
    const order = await checkOut(buyer).expect(201);
    await stripe.arm({ kind: 'delay', delay_ms: 1_500, match: CHARGE });
    await eventually(async () => expect(await stripe.fired('delay')).toBe(1));

    const exit = await system.worker.stop();

    const { body } = await buyer.get(`/v1/orders/${order.body.id}`);
    expect([order.body.payment_status, body.payment_status]).toEqual(['processing', 'paid']);
    expect(exit).toEqual(GRACEFUL);
    expect(system.worker.errors()).toBe('');
    await system.worker.start();
    await expectSettled(own.dataSource);
    await expectBooksAgree(own.dataSource, stripe);
  }, 60_000);
});
