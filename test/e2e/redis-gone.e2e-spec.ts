import { Redis } from 'ioredis';
import { startRedis, type Service } from '../../tools/services.js';
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
let redis: Service;
let system: TestSystem;
let stripe: StripeControl;

beforeAll(async () => {
  redis = await startRedis();
  system = await prepareSystem({ databaseUrl: own.url, redisUrl: `${redis.url}/15` });
  stripe = stripeControl(system.sandbox);
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterEach(async () => {
  await stripe.disarm();
  await bringRedisBack();
}, 60_000);

afterAll(async () => {
  await system.close();
  await redis.stop();
});

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

async function readiness(): Promise<{ status: number; body: { status: string; redis: object; queue: object } }> {
  return system.admin().get('/health/ready');
}

async function bringRedisBack(): Promise<void> {
  await redis.stop();
  redis = await startRedis({ port: Number(new URL(redis.url).port) });
  await eventually(async () => expect((await readiness()).body.status).toBe('ok'), { withinMs: 15_000 });
}

async function takeRedisAway(): Promise<void> {
  await redis.stop();
  await eventually(async () => {
    const { status, body } = await readiness();
    expect([status, body]).toMatchObject([
      200,
      { status: 'degraded', redis: { status: 'down' }, queue: { status: 'down' } },
    ]);
  });
}

async function buyerOfOne(): Promise<{ buyer: ApiClient; productId: string }> {
  const { id } = await addProduct(query, { onHand: 3 });
  const buyer = system.customer();
  await fillCart(buyer, [{ product_id: id, quantity: 1 }]);
  return { buyer, productId: id };
}

async function stockOf(productId: string): Promise<[number, number]> {
  const [level] = await query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [productId]);
  return [level.on_hand, level.reserved];
}

async function expectPaid(buyer: ApiClient, orderId: string): Promise<void> {
  await eventually(
    async () => {
      const { body } = await buyer.get(`/v1/orders/${orderId}`);
      expect(body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    },
    { withinMs: 15_000, everyMs: 100 },
  );
}

describe('Redis goes away', () => {
  it('in the middle of a checkout, and the order is paid all the same', async () => {
    const { buyer, productId } = await buyerOfOne();
    await stripe.arm({ kind: 'delay', delay_ms: 1_500, match: CHARGE });
    const answering = checkOut(buyer).then((answer) => answer);
    await eventually(async () => expect(await stripe.fired('delay')).toBe(1));

    await redis.stop();
    const answer = await answering;

    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    expect(await stockOf(productId)).toEqual([2, 0]);
    await expectSettled(own.dataSource);
  });

  //
  it('and checkout, idempotency, declines and settlement go on without it', async () => {
    const paying = await buyerOfOne();
    const declined = await buyerOfOne();
    const unheard = await buyerOfOne();
    await takeRedisAway();

    const paid = await checkOut(paying.buyer, { key: 'once' });
    const repeated = await checkOut(paying.buyer, { key: 'once' });
    const refused = await checkOut(declined.buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    await stripe.arm({ kind: 'error_before', match: CHARGE });
    const processing = await checkOut(unheard.buyer);

    expect([paid.status, paid.body.status]).toEqual([201, 'paid']);
    expect([repeated.text, repeated.headers['idempotent-replayed']]).toEqual([paid.text, 'true']);
    expect([refused.status, refused.body.code]).toEqual([402, 'order_payment_failed']);
    expect(processing.body.payment_status).toBe('processing');
    // No bell rings without Redis; the worker's sweep finds the payment.
    await expectPaid(unheard.buyer, processing.body.id);
    expect(await stockOf(declined.productId)).toEqual([3, 0]);
    await expectSettled(own.dataSource);
    await expectBooksAgree(own.dataSource, stripe);
  });

  it('for a moment, and loses neither a hold nor a key', async () => {
    const { buyer, productId } = await buyerOfOne();
    const body = { items: [{ product_id: productId, quantity: 2 }] };
    const create = () => buyer.post('/v1/orders', body, { idempotencyKey: 'create' });
    const order = await create();
    const client = new Redis(redis.url, { maxRetriesPerRequest: 3 });
    const flushed = await client.flushall();
    client.disconnect();

    const repeated = await create();
    const held = await stockOf(productId);
    const paid = await buyer.post(
      `/v1/orders/${order.body.id}/payments`,
      { payment_method: 'pm_card_visa' },
      { idempotencyKey: 'pay' },
    );

    expect(flushed).toBe('OK');
    expect([repeated.text, repeated.headers['idempotent-replayed']]).toEqual([order.text, 'true']);
    expect(held).toEqual([3, 2]);
    expect([paid.status, paid.body.status]).toEqual([200, 'paid']);
    expect(await stockOf(productId)).toEqual([1, 0]);
    await expectSettled(own.dataSource);
  });

  it('and comes back, and bells ring again', async () => {
    await takeRedisAway();
    await bringRedisBack();
    const { buyer } = await buyerOfOne();
    system.worker.logs.clear();
    await stripe.arm({ kind: 'error_before', match: CHARGE });

    const processing = await checkOut(buyer);

    expect(processing.body.payment_status).toBe('processing');
    await expectPaid(buyer, processing.body.id);
    await eventually(() =>
      expect(system.worker.logs.named('job_done')).toMatchObject([{ queue: 'payments', job: 'settle-payment' }]),
    );
  });
});

describe('while Redis is away', () => {
  it('both processes stop cleanly, and start and sell without it', async () => {
    const { buyer } = await buyerOfOne();
    const unheard = await buyerOfOne();
    await takeRedisAway();

    const exits = await Promise.all([system.api.stop(), system.worker.stop()]);
    await Promise.all([system.api.start(), system.worker.start()]);
    const answer = await checkOut(buyer);
    await stripe.arm({ kind: 'error_before', match: CHARGE });
    const processing = await checkOut(unheard.buyer);

    expect(exits).toEqual([GRACEFUL, GRACEFUL]);
    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    await expectPaid(unheard.buyer, processing.body.id);
    expect([system.api.errors(), system.worker.errors()]).toEqual(['', '']);
    await expectSettled(own.dataSource);
    await expectBooksAgree(own.dataSource, stripe);
  }, 60_000);
});
