import pg from 'pg';
import { ExpireHold } from '../../src/checkout/use-cases/expire-hold.js';
import { ExpireReservations } from '../../src/checkout/use-cases/expire-reservations.use-case.js';
import type { DueReservation } from '../../src/inventory/index.js';
import { Database, type Tx } from '../../src/platform/database/index.js';
import { ShippingFacade } from '../../src/shipping/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import { recordStatements } from '../support/statements.js';
import {
  auditOf,
  buyCart,
  confirmAsClient,
  freshKey,
  intentOf,
  ledgerOf,
  order,
  pay,
  settle,
  stockOf,
} from '../support/storefront.js';
import { stripeControl, type StripeControl } from '../support/stripe-control.js';

const UNREACHABLE = { kind: 'error_before', status: 503, times: 'always' } as const;

let api: TestApi;
let stripe: StripeControl;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('no sandbox');
  stripe = stripeControl(api.sandbox);
  // What becomes of an intent is to be found out without being told.
  await stripe.dropWebhooks(`${api.url}/v1/webhooks/stripe`, 'whsec_unused');
});
beforeEach(async () => {
  await api.database.truncateAll();
  await api.redis.flushdb();
});
afterEach(async () => {
  await stripe.disarm();
  await expectInvariants(api.database);
});
afterAll(() => api.close());

const expire = (): Promise<number> => api.app.get(ExpireReservations, { strict: false }).execute();

/** The time of the holds of an order is over since so many seconds. */
async function runOut(orderId: string, seconds = 1): Promise<void> {
  await api.database.query(
    `UPDATE reservations SET expires_at = now() - make_interval(secs => $2), expiry_retry_at = NULL
     WHERE order_id = $1 AND status = 'active'`,
    [orderId, seconds],
  );
}

async function holdOf(orderId: string): Promise<DueReservation> {
  const [hold] = await api.database.query<{ id: DueReservation['id']; order_id: DueReservation['orderId'] }>(
    `SELECT id, order_id FROM reservations WHERE order_id = $1 AND status = 'active'`,
    [orderId],
  );
  if (!hold) throw new Error(`order ${orderId} holds nothing`);
  return { id: hold.id, orderId: hold.order_id };
}

async function holdsOf(orderId: string): Promise<unknown[]> {
  const { body } = await api.admin().get(`/v1/admin/reservations?order_id=${orderId}`).expect(200);
  return body.reservations.map(({ status }: { status: unknown }) => status);
}

async function stateOf(orderId: string): Promise<unknown> {
  const { body } = await api.admin().get(`/v1/admin/orders/${orderId}`).expect(200);
  const { status, payment_status, cancel_reason, reservation_expires_at } = body;
  return { status, payment_status, cancel_reason, held: reservation_expires_at !== null };
}

/** The calls that were to give the intent of an order up. */
async function cancelAttempts(orderId: string): Promise<unknown[]> {
  return api.database.query(
    `SELECT a.outcome FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
     WHERE p.order_id = $1 AND a."action" = 'cancel'`,
    [orderId],
  );
}

const EXPIRED = { status: 'cancelled', payment_status: 'unpaid', cancel_reason: 'reservation_expired', held: false };
const WAITING = { status: 'created', payment_status: 'unpaid', cancel_reason: null, held: true };

async function product(): Promise<string> {
  return stockedProduct(api, { onHand: 5 });
}

//
describe('an order whose hold runs out', () => {
  it('before anybody began to pay it is cancelled, with all that belongs to it', async () => {
    const mug = await product();
    const answer = await order(api.customer(), [{ product_id: mug, quantity: 2 }], { shipping_address: US_ADDRESS });
    const { id } = answer.body;
    await runOut(id);

    const decided = await expire();

    expect(decided).toBe(1);
    expect(await stateOf(id)).toEqual(EXPIRED);
    expect(await holdsOf(id)).toEqual(['expired']);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
    const { body } = await api.admin().get(`/v1/admin/orders/${id}`).expect(200);
    expect(body).toMatchObject({ shipment: { status: 'cancelled' }, allowed_transitions: [], version: 2 });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      ...{
        actor_id: 'system:expiry',
        event_type: 'order_cancelled',
        trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      ...{ previous_state: { status: 'created' }, new_state: { status: 'cancelled', version: 2 } },
    });
    const events = await api.database.query(
      'SELECT type, version FROM outbox_events WHERE aggregate_id = $1 ORDER BY version',
      [id],
    );
    expect(events).toEqual([
      { type: 'order.created', version: 1 },
      { type: 'order.cancelled', version: 2 },
    ]);
  });

  it('is left alone before its time', async () => {
    const mug = await product();
    const { body } = await order(api.customer(), [{ product_id: mug, quantity: 2 }]).expect(201);

    expect(await expire()).toBe(0);
    expect(await stateOf(body.id)).toEqual(WAITING);
    expect(await stockOf(api, mug)).toEqual([5, 2]);
  });

  it('is cancelled as well where its money was to come another way', async () => {
    const mug = await product();
    const lines = [{ product_id: mug, quantity: 2 }];
    const { body } = await order(api.customer(), lines, { provider: 'manual' }).expect(201);
    await runOut(body.id);

    await expire();

    expect(await stateOf(body.id)).toEqual(EXPIRED);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
  });

  it('is passed over while somebody works on it, and ended afterwards', async () => {
    const mug = await product();
    const { body } = await order(api.customer(), [{ product_id: mug, quantity: 2 }]).expect(201);
    await runOut(body.id);
    const busy = new pg.Client({ connectionString: api.database.url });
    await busy.connect();
    await busy.query('BEGIN');
    await busy.query('SELECT id FROM orders WHERE id = $1 FOR UPDATE', [body.id]);

    const decided = await expire();
    await busy.end();

    expect(decided).toBe(0);
    expect(await stateOf(body.id)).toEqual(WAITING);
    expect(await expire()).toBe(1);
    expect(await stateOf(body.id)).toEqual(EXPIRED);
  });
});

describe.each([
  ['waits for its client', {}],
  ['waits for the bank', { payment_method: 'pm_card_authenticationRequired' }],
])('an order whose hold runs out while its intent %s', (_, method) => {
  async function begun() {
    const mug = await product();
    const answer = await buyCart(api.customer(), [{ product_id: mug, quantity: 2 }], method);
    expect(answer.status).toBe(201);
    await runOut(answer.body.id);
    const clientSecret: string = answer.body.payment.client_secret;
    return { id: String(answer.body.id), mug, clientSecret };
  }

  it('is cancelled once the provider has given the intent up, and not before', async () => {
    const { id, mug } = await begun();

    await expire();
    const [meanwhile, held] = [await holdsOf(id), await stockOf(api, mug)];
    await settle(api, id);

    expect([meanwhile, held]).toEqual([['active'], [5, 2]]);
    expect((await intentOf(api, id)).status).toBe('canceled');
    expect(await stateOf(id)).toEqual(EXPIRED);
    expect(await holdsOf(id)).toEqual(['expired']);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({ actor_id: 'system:expiry', event_type: 'order_cancelled' });
    await expectSettled(api.database);
  });

  it('is paid where the buyer was quicker', async () => {
    const { id, mug, clientSecret } = await begun();
    await confirmAsClient(api, clientSecret, 'pm_card_visa');

    await expire();
    await settle(api, id);

    expect(await stateOf(id)).toEqual({ status: 'paid', payment_status: 'paid', cancel_reason: null, held: false });
    expect(await holdsOf(id)).toEqual(['confirmed']);
    expect(await stockOf(api, mug)).toEqual([3, 0]);
    await expectSettled(api.database);
  });

  it('keeps its stock while the provider cannot be reached, and is cancelled once it can', async () => {
    const { id, mug } = await begun();
    await stripe.arm(UNREACHABLE);

    await expire();
    await settle(api, id);
    await runOut(id, 599);
    await expire();
    const [meanwhile, held] = [await holdsOf(id), await stockOf(api, mug)];
    await stripe.disarm();
    await settle(api, id);

    expect([meanwhile, held]).toEqual([['active'], [5, 2]]);
    expect(await stateOf(id)).toEqual(EXPIRED);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect((await intentOf(api, id)).status).toBe('canceled');
    await expectSettled(api.database);
  });

  it('is cancelled without the provider after ten minutes; what is paid later goes back', async () => {
    const { id, mug, clientSecret } = await begun();
    await stripe.arm({ ...UNREACHABLE, match: { method: 'POST', path: '/v1/payment_intents' } });
    await expire();
    await settle(api, id);
    await runOut(id, 600);

    await expire();
    const [ended, held] = [await stateOf(id), await stockOf(api, mug)];
    await stripe.disarm();
    await confirmAsClient(api, clientSecret, 'pm_card_visa');
    await settle(api, id);

    expect([ended, held]).toEqual([EXPIRED, [5, 0]]);
    expect(await stateOf(id)).toEqual(EXPIRED);
    expect(await holdsOf(id)).toEqual(['expired']);
    const refunds = await api.database.query(
      `SELECT r.status, r.reason, r.amount = p.captured_amount AS all FROM refunds r JOIN payments p ON p.id = r.payment_id
       WHERE r.order_id = $1`,
      [id],
    );
    expect(refunds).toEqual([{ status: 'requested', reason: 'paid_after_cancellation', all: true }]);
  });
});

describe('an order whose hold runs out', () => {
  it('while nobody knows what became of its money keeps its stock, until that is known', async () => {
    const mug = await product();
    await stripe.arm({ kind: 'error_after', status: 500, match: { method: 'POST', path: '/v1/payment_intents' } });
    await stripe.arm({ ...UNREACHABLE, match: { method: 'GET', path: '/v1/payment_intents' } });
    const answer = await buyCart(api.customer(), [{ product_id: mug, quantity: 2 }], {
      payment_method: 'pm_card_visa',
    });
    expect(answer.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    await runOut(answer.body.id, 3_600);

    const decided = await expire();
    const again = await expire();

    expect([decided, again]).toEqual([1, 0]);
    expect(await stateOf(answer.body.id)).toEqual({ ...WAITING, payment_status: 'processing' });
    expect(await stockOf(api, mug)).toEqual([5, 2]);
    expect(await cancelAttempts(answer.body.id)).toEqual([]);
  });

  it('after a decline and a second try that came to nothing is cancelled', async () => {
    const mug = await product();
    const buyer = api.customer();
    const declined = { payment_method: 'pm_card_chargeDeclined' };
    const answer = await buyCart(buyer, [{ product_id: mug, quantity: 2 }], declined);
    const id: string = answer.body.order_id;
    await pay(buyer, id).expect(200);
    expect(await stateOf(id)).toEqual({ ...WAITING, status: 'payment_failed' });
    await runOut(id);

    await expire();
    await settle(api, id);

    expect(await stateOf(id)).toEqual(EXPIRED);
    expect((await holdsOf(id)).sort()).toEqual(['expired', 'released']);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    await expectInvariants(api.database);
  });

  it('locks in the one order of the house', async () => {
    const [mug, cup] = [await product(), await product()];
    const lines = [
      { product_id: cup, quantity: 1 },
      { product_id: mug, quantity: 1 },
    ];
    const { body } = await order(api.customer(), lines).expect(201);
    await runOut(body.id);
    const { id, orderId } = await holdOf(body.id);
    const alone = (tx: Tx) => api.app.get(ExpireHold, { strict: false }).execute(tx, { id, orderId });

    const log = await recordStatements(() => api.app.get(Database, { strict: false }).transaction(alone));

    const locks = log.locks.filter(({ mode }) => mode === 'for update');
    expect(locks.map(({ table, skipLocked }) => [table, skipLocked])).toEqual([
      ['orders', true],
      ['payments', false],
      ['reservations', true],
      ['reservations', false],
      ['stock_levels', false],
    ]);
    expect(log.lockedValues('stock_levels', 'product_id')).toEqual([mug, cup].sort());
  });
});

//
describe('ending holds', () => {
  async function twenty(): Promise<{ mug: string; ids: string[] }> {
    const mug = await stockedProduct(api, { onHand: 40 });
    const orders = Array.from({ length: 20 }, () => order(api.customer(), [{ product_id: mug, quantity: 2 }]));
    const ids = (await Promise.all(orders)).map(({ body }) => String(body.id));
    for (const id of ids) await runOut(id);
    return { mug, ids };
  }

  it('in several workers at once has one effect each', async () => {
    const { mug, ids } = await twenty();

    const decided = await Promise.all([expire(), expire(), expire()]);

    expect(decided.reduce((sum, count) => sum + count)).toBe(20);
    expect(await stockOf(api, mug)).toEqual([40, 0]);
    const entries = await api.database.query(
      `SELECT count(*)::int AS count FROM audit_entries WHERE event_type = 'order_cancelled' AND order_id = ANY ($1)`,
      [ids],
    );
    expect(entries).toEqual([{ count: 20 }]);
  });

  it('that stops in the middle changes nothing, and has one effect when it runs again', async () => {
    const mug = await product();
    const { body } = await order(api.customer(), [{ product_id: mug, quantity: 2 }]).expect(201);
    await runOut(body.id);
    const shipping = api.app.get(ShippingFacade, { strict: false });
    const crashes = [jest.spyOn(shipping, 'cancelAll'), jest.spyOn(shipping, 'cancel')];
    for (const crash of crashes) crash.mockRejectedValueOnce(new Error('the process was killed'));

    const first = await expire();
    const [between, held] = [await stateOf(body.id), await stockOf(api, mug)];
    const second = await expire();
    const calls = crashes.map((crash) => crash.mock.calls.length);
    for (const crash of crashes) crash.mockRestore();

    // Together and by itself in the first run, together in the second.
    expect(calls).toEqual([2, 1]);
    expect([first, second]).toEqual([0, 1]);
    expect([between, held]).toEqual([WAITING, [5, 2]]);
    expect(await stateOf(body.id)).toEqual(EXPIRED);
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect(await auditOf(api, body.id)).toHaveLength(2);
  });

  it('that stops between the decision and the call to the provider tells it once when it runs again', async () => {
    const mug = await product();
    const { body } = await buyCart(api.customer(), [{ product_id: mug, quantity: 2 }]);
    await runOut(body.id);
    const before = (await ledgerOf(api)).calls['POST /v1/payment_intents/:id/cancel'] ?? 0;

    // The process dies here: what is to be done stands in the database.
    await expire();
    await runOut(body.id, 5);
    await expire();
    await Promise.all([settle(api, body.id), settle(api, body.id)]);

    expect(await cancelAttempts(body.id)).toEqual([{ outcome: 'accepted' }]);
    expect((await ledgerOf(api)).calls['POST /v1/payment_intents/:id/cancel']).toBeGreaterThan(before);
    expect(await stateOf(body.id)).toEqual(EXPIRED);
    expect((await auditOf(api, body.id)).filter(({ event_type }) => event_type === 'order_cancelled')).toHaveLength(1);
  });

  it('refuses to commit a hold of another service that has run out', async () => {
    const mug = await product();
    const { body } = await api
      .internal()
      .post('/v1/inventory/reservations', { reference: freshKey(), items: [{ product_id: mug, quantity: 2 }] })
      .expect(201);
    await api.database.query(`UPDATE reservations SET expires_at = now() WHERE id = $1`, [body.id]);

    const decided = await Promise.all([expire(), expire()]);
    const refused = await api.internal().post(`/v1/inventory/reservations/${body.id}/commit`).expect(409);

    expect(decided.reduce((sum, count) => sum + count)).toBe(1);
    expect(refused.body).toMatchObject({ code: 'reservation_not_active', current_status: 'expired' });
    expect(await stockOf(api, mug)).toEqual([5, 0]);
    expect(await api.redis.exists(`reservation:${body.id}`)).toBe(0);
  });
});
