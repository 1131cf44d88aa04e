import { startApi, type TestApi } from '../support/api.js';
import { passTime, workAll, workInbox } from '../support/inbox.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import {
  auditOf,
  authenticate,
  buyCart,
  callSandbox,
  cartOf,
  confirmAsClient,
  controlSandbox,
  endProcessing,
  eventTypes,
  intentOf,
  settle,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: { refundSettleMs: 50 } });
});

afterEach(() => expectInvariants(api.database));

afterAll(() => api.close());

/** An order of 2 units out of 5. Without a payment method its intent waits for the client. */
async function orderOf(body: object = {}) {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
  const buyer = api.customer();
  const answer = await buyCart(buyer, [{ product_id: product, quantity: 2 }], body);
  expect(answer.status).toBe(201);
  const { id, payment }: { id: string; payment: { client_secret: string } } = answer.body;
  return { product, buyer, id, secret: payment.client_secret };
}

/** Works on what the sandbox sends until the order looks like this. */
function becomes(orderId: string, expected: object) {
  return eventually(async () => {
    await workInbox(api);
    const { body } = await api.admin().get(`/v1/admin/orders/${orderId}`).expect(200);
    expect(body).toMatchObject(expected);
    return body;
  });
}

/** The ids of the events of one type that came about an order's intent. */
async function received(orderId: string, type: string): Promise<string[]> {
  const intent = await intentOf(api, orderId);
  const rows = await api.database.query<{ provider_event_id: string }>(
    'SELECT provider_event_id FROM webhook_events WHERE type = $1 AND payload LIKE $2 ORDER BY id',
    [type, `%${intent.id}%`],
  );
  return rows.map((row) => row.provider_event_id);
}

/** How the sandbox treats our endpoint from now on. */
async function sendWebhooks(how: { mode: string; duplicates?: number; seed?: number }): Promise<void> {
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, ...how });
}

describe('a payment that the client confirms by himself', () => {
  //
  it('is learned of by webhook alone', async () => {
    const { product, id, secret } = await orderOf();
    expect(await confirmAsClient(api, secret, 'pm_card_visa')).toBe(200);

    const order = await becomes(id, { status: 'paid', payment_status: 'paid', shipment: { status: 'ready' } });

    const [event] = await received(id, 'payment_intent.succeeded');
    expect(order.version).toBe(2);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      event_type: 'order_paid',
      actor_id: 'system:stripe',
      trace_id: event,
    });
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('is paid once his bank has asked him', async () => {
    const { product, id, secret } = await orderOf();
    expect(await confirmAsClient(api, secret, 'pm_card_authenticationRequired')).toBe(200);
    await becomes(id, { status: 'created', payment_status: 'requires_action' });
    expect(await stockOf(api, product)).toEqual([5, 2]);

    await authenticate(api, id, 'succeed');

    await becomes(id, { status: 'paid', payment_status: 'paid' });
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_updated', 'order_paid']);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('gives stock and cart back when he declines at his bank', async () => {
    const { product, buyer, id } = await orderOf({ payment_method: 'pm_card_authenticationRequired' });

    await authenticate(api, id, 'fail');

    await eventually(async () => {
      await workAll(api);
      expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
        status: 'payment_failed',
        payment_status: 'failed',
      });
    });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await cartOf(buyer)).toEqual([[product, 2]]);
  });

  it('fails with a card that is declined, and may still succeed with another', async () => {
    const { product, id, secret } = await orderOf();
    expect(await confirmAsClient(api, secret, 'pm_card_chargeDeclinedInsufficientFunds')).toBe(402);
    await becomes(id, { status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(api, product)).toEqual([5, 0]);

    expect(await confirmAsClient(api, secret, 'pm_card_visa')).toBe(200);

    await becomes(id, { status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, product)).toEqual([3, 0]);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_failed', 'order_paid']);
  });

  it('comes to nothing when the intent is cancelled in the dashboard', async () => {
    const { product, id } = await orderOf();
    const { id: intentId } = await intentOf(api, id);

    await callSandbox(api, `/v1/payment_intents/${intentId}/cancel`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_dashboard' },
    });

    await becomes(id, { status: 'payment_failed', payment_status: 'failed' });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });
});

describe('a bank debit', () => {
  it('pays its order when the network says so, days later', async () => {
    const { product, id } = await orderOf({ payment_method: 'pm_usBankAccount_processing' });
    await becomes(id, { status: 'created', payment_status: 'processing' });

    await endProcessing(api, id, 'succeed');

    await becomes(id, { status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it.each([
    ['succeed', 'paid', [3, 0]],
    ['fail', 'payment_failed', [5, 0]],
  ] as const)('is looked up when the webhook is lost (%s)', async (outcome, status, stock) => {
    const { product, buyer, id } = await orderOf({ payment_method: 'pm_usBankAccount_processing' });
    await eventually(async () => expect(await received(id, 'payment_intent.processing')).toHaveLength(1));
    await workInbox(api);
    await settle(api, id);
    await sendWebhooks({ mode: 'drop' });
    await endProcessing(api, id, outcome);
    await sendWebhooks({ mode: 'normal' });

    await settle(api, id);

    expect((await buyer.get(`/v1/orders/${id}`)).body.status).toBe(status);
    expect(await stockOf(api, product)).toEqual(stock);
    expect(await received(id, 'payment_intent.succeeded')).toEqual([]);
  });
});

describe('events that come more than once or in disorder', () => {
  afterEach(() => sendWebhooks({ mode: 'normal' }));

  //
  it('take effect once', async () => {
    await sendWebhooks({ mode: 'duplicate', duplicates: 2 });
    const { product, id, secret } = await orderOf();

    await confirmAsClient(api, secret, 'pm_card_visa');

    await becomes(id, { status: 'paid' });
    await controlSandbox(api, '/webhooks/flush', {});
    await workAll(api);
    expect(await received(id, 'payment_intent.succeeded')).toHaveLength(1);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_paid']);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  //
  it.each([1, 2, 3, 4, 5])('end in the same state (seed %i)', async (seed) => {
    await sendWebhooks({ mode: 'reorder', seed });
    const { product, id, secret } = await orderOf();

    await confirmAsClient(api, secret, 'pm_card_chargeDeclined');
    await confirmAsClient(api, secret, 'pm_card_authenticationRequired');
    await authenticate(api, id, 'succeed');
    await controlSandbox(api, '/webhooks/flush', {});
    await workAll(api);

    expect((await api.admin().get(`/v1/admin/orders/${id}`)).body).toMatchObject({ status: 'paid' });
    expect(await stockOf(api, product)).toEqual([3, 0]);
    await expectSettled(api.database);
  });
});

describe('a dispute', () => {
  it('marks its order, once, and nothing else', async () => {
    const { id } = await orderOf({ payment_method: 'pm_card_createDispute' });

    const order = await eventually(async () => {
      await passTime(api);
      return becomes(id, { disputed: true });
    });

    expect(order).toMatchObject({ status: 'paid', payment_status: 'paid', version: 3 });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      event_type: 'order_disputed',
      actor_id: 'system:stripe',
      previous_state: { status: 'paid', disputed: false },
      new_state: { status: 'paid', disputed: true },
    });
    const events = await api.database.query('SELECT type FROM outbox_events WHERE aggregate_id = $1 AND version = 3', [
      id,
    ]);
    expect(events).toEqual([{ type: 'dispute.opened' }]);
  });

  it('that was won still was one', async () => {
    const { id } = await orderOf({ payment_method: 'pm_card_visa' });
    const { id: intentId } = await intentOf(api, id);
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', { payment_intent: intentId });
    await becomes(id, { disputed: true });

    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });

    await eventually(async () => expect(await received(id, 'charge.dispute.closed')).toHaveLength(1));
    await workAll(api);
    expect((await api.admin().get(`/v1/admin/orders/${id}`)).body).toMatchObject({ disputed: true, version: 3 });
  });
});

describe('a refund made in the dashboard', () => {
  interface ListedRefund {
    readonly order_id: string;
    readonly amount: number;
    readonly status: string;
    readonly external: boolean;
    readonly restock: boolean;
  }

  async function refundsOf(orderId: string): Promise<ListedRefund[]> {
    const { body }: { body: { refunds: ListedRefund[] } } = await api.admin().get('/v1/admin/refunds?limit=100');
    return body.refunds.filter((refund) => refund.order_id === orderId);
  }

  //
  it('is booked as it is and moves no stock', async () => {
    const { product, id } = await orderOf({ payment_method: 'pm_card_visa' });
    const { id: intentId } = await intentOf(api, id);

    await controlSandbox(api, '/refunds', { payment_intent: intentId, amount: 1_000 });

    await becomes(id, { status: 'paid', payment_status: 'partially_refunded', refunded_amount: 1_000 });
    await workAll(api);
    expect(await refundsOf(id)).toMatchObject([{ amount: 1_000, status: 'succeeded', external: true, restock: false }]);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('of everything ends the order', async () => {
    const { product, id } = await orderOf({ payment_method: 'pm_card_visa' });
    const { id: intentId } = await intentOf(api, id);

    await controlSandbox(api, '/refunds', { payment_intent: intentId });

    await becomes(id, { status: 'refunded', payment_status: 'refunded', refunded_amount: 5_649 });
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('that fails later is taken back', async () => {
    const { id } = await orderOf({ payment_method: 'pm_card_visa' });
    const { id: intentId } = await intentOf(api, id);
    const refund = await controlSandbox<{ id: string }>(api, '/refunds', { payment_intent: intentId, amount: 1_000 });
    await becomes(id, { refunded_amount: 1_000 });

    await controlSandbox(api, `/refunds/${refund.id}`, { status: 'failed' });

    await becomes(id, { refunded_amount: 0, payment_status: 'review' });
    expect(await refundsOf(id)).toMatchObject([{ status: 'failed', external: true }]);
  });
});
