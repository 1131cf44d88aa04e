import { randomBytes } from 'node:crypto';
import { useOwnDatabase } from '../support/database.js';
import { intentEvent, signatureOf } from '../support/inbox.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { US_ADDRESS } from '../support/shop.js';

const SECRET = `whsec_${randomBytes(24).toString('hex')}`;
const AN_HOUR = '3600';

const own = useOwnDatabase();
let system: TestSystem;

beforeAll(async () => {
  // No sweep comes within this test: what happens the bell has brought about.
  const config = { STRIPE_WEBHOOK_SECRET: SECRET, SWEEP_INTERVAL_SECONDS: AN_HOUR };
  system = await prepareSystem({ databaseUrl: own.url, config });
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterAll(() => system.close());

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

describe('the worker', () => {
  //
  it('is rung for an event as soon as it is stored', async () => {
    const { id: productId } = await addProduct(query, { unitPrice: 2_500, onHand: 5 });
    const buyer = system.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: productId, quantity: 2 }] }).expect(200);
    const { body: order } = await buyer
      .post('/v1/orders/checkout', { shipping_address: US_ADDRESS }, { idempotencyKey: 'rung' })
      .expect(201);
    const [intentId] = String(order.payment.client_secret).split('_secret_');
    const intent = { id: intentId ?? '', amount: order.total_amount, currency: 'usd', metadata: {} };
    const body = JSON.stringify(intentEvent(intent, 'succeeded'));

    const answer = await fetch(`${system.url}/v1/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signatureOf(body, SECRET) },
      body,
      signal: AbortSignal.timeout(5_000),
    });

    expect([answer.status, await answer.json()]).toEqual([200, { received: true }]);
    await eventually(async () => expect((await buyer.get(`/v1/orders/${order.id}`)).body.status).toBe('paid'), {
      withinMs: 15_000,
    });
    expect(await query('SELECT status, attempts FROM webhook_events')).toEqual([{ status: 'processed', attempts: 1 }]);
    // The worker says so once the order is paid for everybody to see.
    await eventually(() =>
      expect(system.worker.logs.named('webhook_processed')).toMatchObject([
        { type: 'payment_intent.succeeded', outcome: 'applied' },
      ]),
    );
  });
});
