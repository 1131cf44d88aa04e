import { newId, type PaymentId } from '../../src/kernel/id.js';
import { ExpireReservations } from '../../src/checkout/use-cases/expire-reservations.use-case.js';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../../src/payments/index.js';
import type { ApiClient } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { workAll } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
  authenticate,
  buyCart,
  callSandbox,
  cancel,
  cartOf,
  chargesOf,
  confirmAsClient,
  controlSandbox,
  eventTypes,
  everything,
  freshKey,
  intentOf,
  order,
  pay,
  settle,
  stockOf,
} from '../support/storefront.js';

const PRICE = 2_500;
const TOTAL = PRICE + 599;
const TTL_SECONDS = 518_400;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true, config: { STRIPE_CAPTURE_METHOD: 'manual', STRIPE_TIMEOUT_MS: '300' } });
  // Events come when a test says so.
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await callSandbox(api, '/_sandbox/faults', { method: 'DELETE' });
  await expectInvariants(api.database);
});
afterAll(() => api.close());

interface Sale {
  readonly product: string;
  readonly buyer: ApiClient;
  readonly orderId: string;
}

async function authorizedOrder(onHand = 5): Promise<Sale> {
  const product = await stockedProduct(api, { unitPrice: PRICE, onHand });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 1 }], { payment_method: 'pm_card_visa' });
  expect([body.status, body.payment_status]).toEqual(['created', 'authorized']);
  return { product, buyer, orderId: body.id };
}

/** An order whose client has to confirm the payment, and the secret for it. */
async function openOrder(onHand = 5): Promise<Sale & { readonly secret: string }> {
  const product = await stockedProduct(api, { unitPrice: PRICE, onHand });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 1 }]);
  return { product, buyer, orderId: body.id, secret: body.payment.client_secret };
}

const capture = (orderId: string, idempotencyKey = freshKey()) =>
  api.admin().post(`/v1/admin/orders/${orderId}/capture`, undefined, { idempotencyKey });

/** Of this order alone: a request of an earlier one that was given up may still be on its way. */
async function failCapture(orderId: string, fault: object): Promise<void> {
  const { id } = await intentOf(api, orderId);
  await armFault(api, { ...fault, match: { method: 'POST', path: `/v1/payment_intents/${id}/capture` } });
}

const orderOf = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;
const stateOf = async (id: string) => {
  const { status, payment_status } = await orderOf(id);
  return [status, payment_status];
};
const capturedOf = async (orderId: string) => (await chargesOf(api, orderId)).map(({ captured }) => captured);
const attemptsOf = (orderId: string) =>
  api.database.query(
    `SELECT a."action", a.outcome FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
     WHERE p.order_id = $1 ORDER BY a.id`,
    [orderId],
  );

interface ListedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: { readonly id: string } };
  readonly request: { readonly idempotency_key: string | null };
}

/** The events of an order's intent, oldest first. */
async function intentEvents(orderId: string): Promise<ListedEvent[]> {
  const { id } = await intentOf(api, orderId);
  const { data } = await callSandbox<{ data: ListedEvent[] }>(api, '/v1/events?limit=100&type=payment_intent.*', {
    headers: { authorization: 'Bearer sk_test_reader' },
  });
  return data.filter(({ data: { object } }) => object.id === id).reverse();
}

/** Delivers the events of these types, in this order, and works on what they bring. */
async function tell(orderId: string, ...types: string[]): Promise<void> {
  const events = await intentEvents(orderId);
  for (const type of types) {
    const event = events.find((each) => each.type === `payment_intent.${type}`);
    if (!event) throw new Error(`Stripe has no event ${type} of this order`);
    await controlSandbox(api, `/events/${event.id}/deliver`, {});
    await workAll(api);
  }
}

/** What somebody does in Stripe's dashboard. */
async function atStripe(orderId: string, action: 'capture' | 'cancel', form: Record<string, string> = {}) {
  const { id } = await intentOf(api, orderId);
  await callSandbox(api, `/v1/payment_intents/${id}/${action}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_dash', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

const gateway = () => api.app.get<PaymentGateway>(PAYMENT_GATEWAY, { strict: false });

async function settleAll(): Promise<void> {
  await api.database.query('UPDATE payments SET next_check_at = now() WHERE next_check_at IS NOT NULL');
  await workAll(api);
}

describe('an authorized order', () => {
  it('holds its stock for as long as the authorization stands, and nothing is taken or sold', async () => {
    const { orderId, product, buyer } = await authorizedOrder();

    const { body: shown } = await buyer.get(`/v1/orders/${orderId}`).expect(200);
    const [hold] = await api.database.query<{ id: string; seconds: number; same: boolean }>(
      `SELECT r.id, extract(epoch FROM r.expires_at - o.created_at)::float8 AS seconds,
         r.expires_at = o.reservation_expires_at AS same
       FROM reservations r JOIN orders o ON o.id = r.order_id WHERE o.id = $1 AND r.status = 'active'`,
      [orderId],
    );

    expect(shown).toMatchObject({ status: 'created', payment_status: 'authorized', payment_transaction_id: null });
    expect(await stockOf(api, product)).toEqual([5, 1]);
    expect(await intentOf(api, orderId)).toMatchObject({ status: 'requires_capture', amount_received: 0 });
    expect(await capturedOf(orderId)).toEqual([0]);
    expect(hold?.same).toBe(true);
    expect(hold?.seconds).toBeGreaterThanOrEqual(TTL_SECONDS);
    expect(hold?.seconds).toBeLessThan(TTL_SECONDS + 60);
    expect(await api.redis.ttl(`reservation:${hold?.id}`)).toBeGreaterThan(TTL_SECONDS - 60);
    expect(await cartOf(buyer)).toEqual([]);
  });

  it('cannot be sent, refunded, or paid once more', async () => {
    const { orderId, buyer } = await authorizedOrder();
    const before = await stateOf(orderId);

    const answers = [
      await api.admin().post(`/v1/admin/orders/${orderId}/fulfill`, {}),
      await api.admin().post(`/v1/admin/orders/${orderId}/refunds`, {}, { idempotencyKey: freshKey() }),
      await pay(buyer, orderId, { payment_method: 'pm_card_visa' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'invalid_transition'],
      [400, 'order_not_paid'],
      [409, 'payment_in_progress'],
    ]);
    expect(await stateOf(orderId)).toEqual(before);
  });

  it('comes of a payment that the client confirms, by 3-D Secure too', async () => {
    const { orderId, secret, product } = await openOrder();
    await confirmAsClient(api, secret, 'pm_card_authenticationRequired');
    await tell(orderId, 'requires_action');
    const asked = await stateOf(orderId);
    await authenticate(api, orderId, 'succeed');

    await tell(orderId, 'amount_capturable_updated');

    expect(asked).toEqual(['created', 'requires_action']);
    expect(await stateOf(orderId)).toEqual(['created', 'authorized']);
    expect(await stockOf(api, product)).toEqual([5, 1]);
  });

  it('is left as it is by events that come twice or late', async () => {
    const { orderId, secret } = await openOrder();
    await confirmAsClient(api, secret, 'pm_card_chargeDeclined');
    await confirmAsClient(api, secret, 'pm_card_visa');
    await tell(orderId, 'amount_capturable_updated');
    const before = await orderOf(orderId);

    for (const type of ['payment_failed', 'created', 'amount_capturable_updated']) await tell(orderId, type);

    expect(before).toMatchObject({ status: 'created', payment_status: 'authorized' });
    expect(await orderOf(orderId)).toEqual(before);
  });

  it('is given up without a refund: the bank lets the money go', async () => {
    const { orderId, product, buyer } = await authorizedOrder();

    const answer = await cancel(buyer, orderId, { reason: 'changed my mind' });

    expect([answer.status, answer.body.status, answer.body.payment_status]).toEqual([200, 'cancelled', 'unpaid']);
    expect(await intentOf(api, orderId)).toMatchObject({ status: 'canceled', amount_received: 0 });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await api.database.query('SELECT id FROM refunds WHERE order_id = $1', [orderId])).toEqual([]);
    await tell(orderId, 'canceled', 'amount_capturable_updated');
    expect(await stateOf(orderId)).toEqual(['cancelled', 'unpaid']);
  });

  it('stays what it is while Stripe cannot be told that it was given up', async () => {
    const { orderId, product, buyer } = await authorizedOrder();
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'POST' } });

    const answer = await cancel(buyer, orderId);
    const between = await stateOf(orderId);
    await settleAll();

    expect([answer.status, answer.body.code]).toEqual([503, 'payment_provider_unavailable']);
    expect(between).toEqual(['created', 'authorized']);
    expect(await stateOf(orderId)).toEqual(['cancelled', 'unpaid']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });

  it('ends when its time is over, and the authorization with it', async () => {
    const { orderId, product } = await authorizedOrder();
    await api.database.query(`UPDATE reservations SET expires_at = now() - interval '1 second' WHERE order_id = $1`, [
      orderId,
    ]);

    await api.app.get(ExpireReservations, { strict: false }).execute();
    const waiting = await stateOf(orderId);
    await workAll(api);

    expect(waiting).toEqual(['created', 'authorized']);
    expect(await intentOf(api, orderId)).toMatchObject({ status: 'canceled' });
    expect(await orderOf(orderId)).toMatchObject({ status: 'cancelled', cancel_reason: 'reservation_expired' });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });

  it('is a matter of orders: a standalone payment is charged at once', async () => {
    const { body } = await api
      .customer()
      .post(
        '/v1/payments',
        { amount: TOTAL, currency: 'usd', payment_method: 'pm_card_visa' },
        { idempotencyKey: freshKey() },
      )
      .expect(201);

    expect(body.status).toBe('succeeded');
  });
});

describe('an authorization after a decline', () => {
  async function declinedThenAuthorized(meanwhile: (sale: Sale) => Promise<unknown>): Promise<Sale> {
    const sale = await openOrder(1);
    await confirmAsClient(api, sale.secret, 'pm_card_chargeDeclined');
    await tell(sale.orderId, 'payment_failed');
    expect(await stateOf(sale.orderId)).toEqual(['payment_failed', 'failed']);
    expect(await stockOf(api, sale.product)).toEqual([1, 0]);
    await meanwhile(sale);
    await confirmAsClient(api, sale.secret, 'pm_card_visa');
    await tell(sale.orderId, 'amount_capturable_updated');
    return sale;
  }

  it('holds the stock anew, and is captured', async () => {
    const { orderId, product } = await declinedThenAuthorized(async () => undefined);
    const held = [await stateOf(orderId), await stockOf(api, product)];

    await capture(orderId).expect(200);

    expect(held).toEqual([
      ['payment_failed', 'authorized'],
      [1, 1],
    ]);
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await stockOf(api, product)).toEqual([0, 0]);
  });

  it('is let go where the stock was sold to somebody else', async () => {
    const { orderId, product } = await declinedThenAuthorized(({ product: sold }) =>
      order(api.customer(), [{ product_id: sold, quantity: 1 }]).expect(201),
    );

    await workAll(api);

    expect(await orderOf(orderId)).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock_at_payment' });
    expect(await intentOf(api, orderId)).toMatchObject({ status: 'canceled' });
    expect(await capturedOf(orderId)).toEqual([0, 0]);
    expect(await stockOf(api, product)).toEqual([1, 1]);
  });
});

describe('a capture', () => {
  it('takes the money once, sells the stock, and is repeated as it was', async () => {
    const { orderId, product } = await authorizedOrder();
    const key = freshKey();

    const answer = await capture(orderId, key);
    const repeated = await capture(orderId, key);
    const again = await capture(orderId);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: orderId,
      status: 'paid',
      payment_status: 'paid',
      reservation_expires_at: null,
      payment: { provider: 'stripe', status: 'succeeded' },
    });
    expect([repeated.status, repeated.text, repeated.headers['idempotent-replayed']]).toEqual([
      200,
      answer.text,
      'true',
    ]);
    expect([again.status, again.body.code]).toEqual([400, 'order_already_paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect(await attemptsOf(orderId)).toEqual([
      { action: 'create', outcome: 'accepted' },
      { action: 'capture', outcome: 'accepted' },
    ]);
    const trail = (await auditOf(api, orderId)).map(({ event_type, actor_id }) => [event_type, actor_id]);
    expect(trail.slice(-3)).toEqual([
      ['order_payment_updated', 'admin_alice'],
      ['order_paid', 'admin_alice'],
      ['invalid_transition_attempted', 'admin_alice'],
    ]);
    const succeeded = (await intentEvents(orderId)).find(({ type }) => type === 'payment_intent.succeeded');
    expect(succeeded?.request.idempotency_key).toBe(`capture:${answer.body.payment.id}`);
    await tell(orderId, 'succeeded', 'amount_capturable_updated');
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
  });

  it('is for admins, and needs a key', async () => {
    const { orderId, buyer } = await authorizedOrder();
    const path = `/v1/admin/orders/${orderId}/capture`;

    const answers = [
      await api.http.post(path).set('Idempotency-Key', freshKey()),
      await buyer.post(path, undefined, { idempotencyKey: freshKey() }),
      await api.admin().post(path),
      await capture(newId('ord')),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'unauthorized'],
      [403, 'forbidden'],
      [400, 'idempotency_key_required'],
      [404, 'order_not_found'],
    ]);
    expect(await capturedOf(orderId)).toEqual([0]);
  });

  it.each([
    ['that waits for its client', () => openOrder(), 400, 'order_not_authorized'],
    ['that nobody pays by Stripe', () => manualOrder(), 400, 'order_not_authorized'],
    ['that was cancelled', () => cancelledOrder(), 400, 'invalid_transition'],
  ])('of an order %s changes nothing', async (_, make: () => Promise<Sale>, status, code) => {
    const { orderId } = await make();
    const before = await everythingBut(orderId);

    const answer = await capture(orderId);

    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await everythingBut(orderId)).toEqual(before);
  });

  async function manualOrder(): Promise<Sale> {
    const product = await stockedProduct(api, { unitPrice: PRICE, onHand: 5 });
    const buyer = api.customer();
    const { body } = await order(buyer, [{ product_id: product, quantity: 1 }], { provider: 'manual' });
    return { product, buyer, orderId: body.id };
  }

  async function cancelledOrder(): Promise<Sale> {
    const sale = await authorizedOrder();
    await cancel(sale.buyer, sale.orderId).expect(200);
    return sale;
  }

  /** Everything but the trace that a refused move leaves in the audit trail. */
  async function everythingBut(orderId: string): Promise<object> {
    const all = await everything(api);
    const tables: { table: string }[] = Reflect.get(all, 'tables');
    return { ...all, tables: tables.filter(({ table }) => table !== 'audit_entries'), order: await orderOf(orderId) };
  }

  it('made twice at once takes the money once', async () => {
    const { orderId, product, buyer } = await authorizedOrder();
    await armFault(api, { kind: 'delay', delay_ms: 100, match: { method: 'POST', path: '/v1/payment_intents/' } });

    const answers = await Promise.all([capture(orderId), capture(orderId), cancel(buyer, orderId)]);

    const codes = answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`);
    expect(codes.filter((code) => code === '200 paid').length).toBeLessThanOrEqual(1);
    await settleAll();
    const captured = await capturedOf(orderId);
    const [status] = await stateOf(orderId);
    expect([captured, status, await stockOf(api, product)]).toEqual(
      status === 'paid' ? [[TOTAL], 'paid', [4, 0]] : [[0], 'cancelled', [5, 0]],
    );
  });

  it('while another one is under way is told so', async () => {
    const { orderId, buyer } = await authorizedOrder();
    await failCapture(orderId, { kind: 'hang_after' });

    const first = await capture(orderId);
    const second = await capture(orderId);
    const cancelled = await cancel(buyer, orderId);

    expect([first.status, first.body.status, first.body.payment_status]).toEqual([200, 'created', 'processing']);
    expect([second.status, second.body.code]).toEqual([409, 'payment_in_progress']);
    expect([cancelled.status, cancelled.body.code]).toEqual([409, 'payment_in_progress']);
    await settleAll();
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
  });

  it.each([
    ['a time-out before anything happened', { kind: 'hang_before' }],
    ['a time-out afterwards', { kind: 'hang_after' }],
    ['a broken connection, twice', { kind: 'reset_after', times: 2 }],
    ['500 before anything happened', { kind: 'error_before', status: 500 }],
    ['500 afterwards, which Stripe repeats for the key', { kind: 'error_after', status: 500, replay: 'error' }],
    ['500 afterwards, which a repeat makes good', { kind: 'error_after', status: 500, replay: 'result' }],
    ['429', { kind: 'rate_limit' }],
    ['409', { kind: 'conflict' }],
  ])('whose outcome nobody heard is settled: %s', async (_, fault) => {
    const { orderId, product } = await authorizedOrder();
    await failCapture(orderId, fault);

    const answer = await capture(orderId);
    await settleAll();

    expect([answer.status, answer.body.status, answer.body.payment_status]).toEqual([200, 'created', 'processing']);
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
    expect(await stockOf(api, product)).toEqual([4, 0]);
  });

  it('is repeated however old it is: it cannot be made twice', async () => {
    const { orderId } = await authorizedOrder();
    await failCapture(orderId, { kind: 'hang_before' });
    await capture(orderId).expect(200);
    await api.database.query(
      `UPDATE payment_attempts SET created_at = now() - interval '2 days' WHERE "action" = 'capture' AND outcome = 'unknown'`,
    );

    await settleAll();

    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
  });

  it('outlives the end of the hold while nobody knows its outcome', async () => {
    const { orderId, product } = await authorizedOrder();
    await failCapture(orderId, { kind: 'hang_after' });
    await capture(orderId).expect(200);
    await api.database.query(`UPDATE reservations SET expires_at = now() - interval '1 hour' WHERE order_id = $1`, [
      orderId,
    ]);

    await api.app.get(ExpireReservations, { strict: false }).execute();
    const kept = await stockOf(api, product);
    await settleAll();

    expect(kept).toEqual([5, 1]);
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
  });

  it.each([
    ['before the worker settles it', () => Promise.resolve()],
    ['after the worker settled it', settleAll],
  ])('that died before it wrote down the answer is taken up again %s', async (_, meanwhile) => {
    const { orderId, product } = await authorizedOrder();
    const key = freshKey();
    const sending = gateway();
    const send = sending.send.bind(sending);
    jest.spyOn(sending, 'send').mockImplementationOnce(async (attempt) => {
      await send(attempt);
      throw new Error('the process died here');
    });
    await capture(orderId, key).expect(500);
    await meanwhile();

    const answer = await capture(orderId, key);

    expect([answer.status, answer.body.status]).toEqual([200, 'paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect(await eventTypes(api, orderId)).not.toContain('invalid_transition_attempted');
  });

  it('of an authorization that is gone fails, and the order waits for another payment', async () => {
    const { orderId, product, buyer } = await authorizedOrder();
    await atStripe(orderId, 'cancel');
    const key = freshKey();

    const answer = await capture(orderId, key);
    const repeated = await capture(orderId, key);

    expect([answer.status, answer.body.code, answer.body.payment_status]).toEqual([402, 'capture_failed', 'failed']);
    expect([repeated.status, repeated.text]).toEqual([402, answer.text]);
    expect(await stateOf(orderId)).toEqual(['payment_failed', 'failed']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await capturedOf(orderId)).toEqual([0]);
    const { body: paidAgain } = await pay(buyer, orderId, { payment_method: 'pm_card_mastercard' }).expect(200);
    expect(paidAgain.payment_status).toBe('authorized');
    await capture(orderId).expect(200);
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
  });

  it('that Stripe refuses leaves the authorization and its time, and another one has a key of its own', async () => {
    const { orderId, product } = await authorizedOrder();
    const hold = async () => (await orderOf(orderId)).reservation_expires_at;
    const until = await hold();
    const { provider_payment_id: intentId, id } = await paymentOf(orderId);
    const stands = await gateway().retrieve(intentId);
    jest.spyOn(gateway(), 'send').mockResolvedValueOnce(stands);

    const refused = await capture(orderId);
    const between = [await stateOf(orderId), await hold(), await stockOf(api, product)];
    const taken = await capture(orderId);

    expect([refused.status, refused.body.code, refused.body.payment_status]).toEqual([
      402,
      'capture_failed',
      'authorized',
    ]);
    expect(between).toEqual([['created', 'authorized'], until, [5, 1]]);
    expect([taken.status, taken.body.status]).toEqual([200, 'paid']);
    expect(await attemptsOf(orderId)).toEqual([
      { action: 'create', outcome: 'accepted' },
      { action: 'capture', outcome: 'rejected' },
      { action: 'capture', outcome: 'accepted' },
    ]);
    const succeeded = (await intentEvents(orderId)).find(({ type }) => type === 'payment_intent.succeeded');
    expect(succeeded?.request.idempotency_key).toBe(`capture:${id}:2`);
  });

  async function paymentOf(orderId: string): Promise<{ id: PaymentId; provider_payment_id: string }> {
    const [payment] = await api.database.query<{ id: PaymentId; provider_payment_id: string }>(
      'SELECT id, provider_payment_id FROM payments WHERE order_id = $1 ORDER BY id DESC LIMIT 1',
      [orderId],
    );
    if (!payment) throw new Error(`order ${orderId} has no payment`);
    return payment;
  }
});

describe('what is done in Stripe’s dashboard', () => {
  it('captures: the order is paid', async () => {
    const { orderId, product } = await authorizedOrder();
    await atStripe(orderId, 'capture');

    await tell(orderId, 'succeeded', 'amount_capturable_updated', 'succeeded');

    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect((await auditOf(api, orderId)).at(-1)).toMatchObject({ event_type: 'order_paid', actor_id: 'system:stripe' });
  });

  it('captures: heard of first, the order was never seen authorized', async () => {
    const { orderId, product, secret } = await openOrder();
    await confirmAsClient(api, secret, 'pm_card_visa');
    await atStripe(orderId, 'capture');

    await tell(orderId, 'succeeded', 'amount_capturable_updated', 'created');

    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
    expect(await stockOf(api, product)).toEqual([4, 0]);
  });

  it('captures, and a capture here finds that out', async () => {
    const { orderId } = await authorizedOrder();
    await atStripe(orderId, 'capture');

    const answer = await capture(orderId);

    expect([answer.status, answer.body.status]).toEqual([200, 'paid']);
    expect(await capturedOf(orderId)).toEqual([TOTAL]);
  });

  it('captures less than the order costs: a person has to look at it', async () => {
    const { orderId, product } = await authorizedOrder();
    await atStripe(orderId, 'capture', { amount_to_capture: '1000' });

    await tell(orderId, 'succeeded');

    expect(await stateOf(orderId)).toEqual(['created', 'review']);
    expect(await capturedOf(orderId)).toEqual([1_000]);
    expect((await stockOf(api, product))[0]).toBe(5);
    const answer = await capture(orderId);
    expect([answer.status, answer.body.code]).toEqual([400, 'order_not_authorized']);
  });

  it('voids: the order waits for another payment, without its stock', async () => {
    const { orderId, product } = await authorizedOrder();
    await atStripe(orderId, 'cancel');

    await tell(orderId, 'canceled', 'amount_capturable_updated');
    const answer = await capture(orderId);

    expect(await stateOf(orderId)).toEqual(['payment_failed', 'failed']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect([answer.status, answer.body.code]).toEqual([400, 'order_not_authorized']);
  });

  it('is found out by a look where no event tells', async () => {
    const { orderId } = await authorizedOrder();
    await atStripe(orderId, 'capture');
    const [due] = await api.database.query<{ minutes: number }>(
      `SELECT round(extract(epoch FROM next_check_at - now()) / 60)::int AS minutes FROM payments WHERE order_id = $1`,
      [orderId],
    );

    await settle(api, orderId);

    expect(due?.minutes).toBe(60);
    expect(await stateOf(orderId)).toEqual(['paid', 'paid']);
  });
});
