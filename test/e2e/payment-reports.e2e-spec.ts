import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { inboxRow, intentEvent, passTime, deliver, workAll, workInbox } from '../support/inbox.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { hear, inboxId, reportEvent, type ReportKind, tell } from '../support/payment-reports.js';
import { stockedProduct } from '../support/shop.js';
import {
  auditOf,
  buyCart,
  cancel,
  cartOf,
  controlSandbox,
  eventTypes,
  everything,
  freshKey,
  intentOf,
  ledgerOf,
  order as placeOrder,
  recordPayment,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
});
beforeEach(async () => {
  await api.database.query(
    "UPDATE webhook_events SET status = 'parked', next_attempt_at = NULL WHERE next_attempt_at IS NOT NULL",
  );
});
afterEach(() => expectInvariants(api.database));
afterAll(() => api.close());

/** Two units at 25.00 and their parcel to the west of the US. */
const TOTAL = 5_649;
const PROVIDERS = ['stripe', 'manual'] as const;
/** So many seconds after the order was placed: a clock that is a little ahead is believed. */
const inSeconds = (seconds: number): string => new Date(Date.now() + (seconds + 2) * 1_000).toISOString();

async function waitingOrder(provider: 'stripe' | 'manual', onHand = 5) {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 2 }], { provider });
  const id: string = body.id;
  expect(body).toMatchObject({ status: 'created', total_amount: TOTAL });
  const transaction = provider === 'stripe' ? (await intentOf(api, id)).id : `tx-${id.slice(-8)}`;
  const event = (kind: ReportKind, second: number, data: object = {}) =>
    reportEvent(
      kind,
      { order_id: id, payment_transaction_id: transaction, amount_cents: TOTAL, currency: 'usd', ...data },
      inSeconds(second),
    );
  return { id, product, buyer, transaction, event };
}

const view = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;

const review = (id: string, action: 'accept' | 'refund') =>
  api.admin().post(`/v1/admin/orders/${id}/review`, { action }, { idempotencyKey: freshKey() });

const refundsOf = (id: string) =>
  api.database.query(
    'SELECT r.status, r.amount, r.reason FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = $1',
    [id],
  );

const paymentsOf = (id: string) =>
  api.database.query(
    'SELECT provider, status, amount, captured_amount, provider_payment_id FROM payments WHERE order_id = $1 ORDER BY id',
    [id],
  );

//
describe.each(PROVIDERS)('a report about a %s order', (provider) => {
  it('of success sells the stock and makes the order paid and its parcel ready', async () => {
    const { id, product, transaction, event } = await waitingOrder(provider);
    const stripe = await ledgerOf(api);
    const report = event('succeeded', 0);

    await tell(api, report);

    const [payment] = await api.database.query<{ id: string }>('SELECT id FROM payments WHERE order_id = $1', [id]);
    expect(await view(id)).toMatchObject({
      ...{ status: 'paid', payment_status: 'paid', payment_transaction_id: payment?.id, version: 2 },
      shipment: { status: 'ready' },
    });
    expect(await paymentsOf(id)).toEqual([
      { provider, status: 'succeeded', amount: TOTAL, captured_amount: TOTAL, provider_payment_id: transaction },
    ]);
    expect(await stockOf(api, product)).toEqual([3, 0]);
    expect(await auditOf(api, id)).toMatchObject([
      { event_type: 'order_created' },
      { event_type: 'order_paid', actor_id: 'system:broker', trace_id: inboxId(report) },
    ]);
    expect(await ledgerOf(api)).toEqual(stripe);
    await expectSettled(api.database);
  });

  it('of failure frees the stock and gives the cart back; a later success takes it anew', async () => {
    const { id, product, buyer, event } = await waitingOrder(provider);

    await tell(api, event('failed', 0, { decline_code: 'insufficient_funds' }));

    expect(await view(id)).toMatchObject({ status: 'payment_failed', payment_status: 'failed', version: 2 });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await cartOf(buyer)).toEqual([[product, 2]]);
    expect(await paymentsOf(id)).toMatchObject([{ provider, status: 'failed', captured_amount: 0 }]);

    await tell(api, event('succeeded', 1));

    expect(await view(id)).toMatchObject({ status: 'paid', version: 3 });
    expect(await stockOf(api, product)).toEqual([3, 0]);
    expect(await paymentsOf(id)).toHaveLength(1);
  });

  it('counts once, however often and under whatever id it is told', async () => {
    const { id, event } = await waitingOrder(provider);
    const report = event('succeeded', 0);

    const heard = [await hear(api, report), await hear(api, report)];
    await workAll(api);
    const before = await everything(api);
    await tell(api, report, event('succeeded', 0), event('succeeded', 30), event('failed', 40));

    expect(heard).toEqual([
      ['read', 'stored'],
      ['read', 'duplicate'],
    ]);
    expect(await everything(api)).toEqual(before);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_paid']);
    expect(await inboxRow(api, inboxId(report))).toMatchObject({ status: 'processed', attempts: 1 });
  });

  it('is taken once where two workers hold two of one payment', async () => {
    const { id, product, event } = await waitingOrder(provider);
    for (const report of [event('succeeded', 0), event('succeeded', 0), event('succeeded', 1)]) await hear(api, report);

    await Promise.all([workAll(api), workAll(api), workAll(api)]);

    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'paid', version: 2 });
    expect(await paymentsOf(id)).toHaveLength(1);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('may leave the transaction out where there is one alone', async () => {
    const { id, event } = await waitingOrder(provider);
    const nameless = { payment_transaction_id: null };

    await tell(api, event('failed', 0, nameless), event('succeeded', 1, nameless), event('succeeded', 2, nameless));

    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'paid', version: 3 });
    expect(await paymentsOf(id)).toHaveLength(1);
  });

  it.each([
    ['another amount', { amount_cents: TOTAL - 1 }, TOTAL - 1],
    ['another currency', { currency: 'EUR' }, TOTAL],
  ])('of success in %s is for a person', async (_, data, captured) => {
    const { id, product, event } = await waitingOrder(provider);

    await tell(api, event('succeeded', 0, data));

    expect(await view(id)).toMatchObject({ status: 'created', payment_status: 'review', version: 2 });
    expect(await paymentsOf(id)).toMatchObject([{ status: 'succeeded', captured_amount: captured }]);
    expect(await stockOf(api, product)).toEqual([5, 2]);
  });
});

describe('money of a manual order', () => {
  it('that comes after the order was cancelled goes back', async () => {
    const { id, product, buyer, event } = await waitingOrder('manual');
    await cancel(buyer, id).expect(200);

    await tell(api, event('succeeded', 0));

    expect(await view(id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await refundsOf(id)).toEqual([{ status: 'succeeded', amount: TOTAL, reason: 'paid_after_cancellation' }]);
  });

  it('that comes after the stock was sold to somebody else goes back, and the order ends', async () => {
    const { id, product, event } = await waitingOrder('manual', 2);
    await tell(api, event('failed', 0));
    await placeOrder(api.customer(), [{ product_id: product, quantity: 1 }]).expect(201);

    await tell(api, event('succeeded', 1));

    expect(await view(id)).toMatchObject({
      ...{ status: 'cancelled', cancel_reason: 'out_of_stock_at_payment', payment_status: 'refunded' },
      refunded_amount: TOTAL,
    });
    expect(await stockOf(api, product)).toEqual([2, 1]);
    expect(await refundsOf(id)).toEqual([{ status: 'succeeded', amount: TOTAL, reason: 'out_of_stock_at_payment' }]);
  });

  it('is for a person where a later failure of the same payment is known, and may be accepted by him', async () => {
    const { id, product, event } = await waitingOrder('manual');

    await tell(api, event('failed', 10), event('succeeded', 0));

    expect(await view(id)).toMatchObject({ status: 'payment_failed', payment_status: 'review', version: 3 });
    expect(await paymentsOf(id)).toMatchObject([{ status: 'succeeded', captured_amount: TOTAL }]);
    await review(id, 'accept').expect(200);
    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'paid', version: 4 });
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('that does not fit is given back by a person, and the order ends', async () => {
    const { id, product, event } = await waitingOrder('manual');
    await tell(api, event('succeeded', 0, { amount_cents: 5_000 }));

    await review(id, 'refund').expect(200);

    expect(await view(id)).toMatchObject({ status: 'cancelled', cancel_reason: 'refunded_after_review' });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await refundsOf(id)).toMatchObject([{ status: 'succeeded', amount: 5_000 }]);
  });

  it('that comes a second time is for a person, who gives it back', async () => {
    const { id, product, event } = await waitingOrder('manual');

    await tell(api, event('succeeded', 0), event('succeeded', 1, { payment_transaction_id: 'another transfer' }));

    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'review', version: 3 });
    await review(id, 'refund').expect(200);
    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0 });
    expect(await refundsOf(id)).toMatchObject([{ status: 'succeeded', amount: TOTAL, reason: 'paid_twice' }]);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('that comes beside what was written down by hand goes back as well', async () => {
    const { id, transaction, event } = await waitingOrder('manual');
    await recordPayment(api.admin(), id, 'cash in hand').expect(200);
    await tell(api, event('succeeded', 0));
    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'review' });

    await review(id, 'refund').expect(200);

    expect(await view(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0 });
    expect(await paymentsOf(id)).toMatchObject([{ provider_payment_id: null }, { provider_payment_id: transaction }]);
    const held = await api.database.query('SELECT refund_hold FROM payments WHERE order_id = $1 ORDER BY id', [id]);
    expect(held).toEqual([{ refund_hold: 0 }, { refund_hold: TOTAL }]);
  });

  it('that somebody wrote down by hand is no other money', async () => {
    const { id, transaction, event } = await waitingOrder('manual');
    await recordPayment(api.admin(), id, transaction).expect(200);
    const before = await everything(api);

    await tell(api, event('succeeded', 0), event('succeeded', 1, { payment_transaction_id: null }));

    expect(await everything(api)).toEqual(before);
  });

  it('can be written down by hand after a failure, or the order be cancelled, without a word to Stripe', async () => {
    const [paid, given] = [await waitingOrder('manual'), await waitingOrder('manual')];
    await tell(api, paid.event('failed', 0), given.event('failed', 0));
    const stripe = await ledgerOf(api);

    await recordPayment(api.admin(), paid.id, 'cash').expect(200);
    await cancel(given.buyer, given.id).expect(200);
    await workAll(api);

    expect(await view(paid.id)).toMatchObject({ status: 'paid', payment_transaction_id: 'cash' });
    expect(await view(given.id)).toMatchObject({ status: 'cancelled' });
    expect(await ledgerOf(api)).toEqual(stripe);
    await expectSettled(api.database);
  });
});

describe('a report about a stripe order', () => {
  it('and the webhook about the same intent count once, whichever comes first', async () => {
    const [first, second] = [await waitingOrder('stripe'), await waitingOrder('stripe')];
    const webhookOf = async (id: string) => intentEvent(await intentOf(api, id), 'succeeded');

    await tell(api, first.event('succeeded', 0));
    await deliver(api, await webhookOf(first.id)).expect(200);
    await deliver(api, await webhookOf(second.id)).expect(200);
    await workAll(api);
    await tell(api, second.event('succeeded', 0));

    for (const { id } of [first, second]) expect(await view(id)).toMatchObject({ status: 'paid', version: 2 });
  });

  it('may name our own payment instead of the intent', async () => {
    const { id, event } = await waitingOrder('stripe');
    const [payment] = await api.database.query<{ id: string }>('SELECT id FROM payments WHERE order_id = $1', [id]);

    await tell(api, event('succeeded', 0, { payment_transaction_id: payment?.id }));

    expect(await view(id)).toMatchObject({ status: 'paid', payment_transaction_id: payment?.id });
  });

  it('waits while the intent is not known, and is applied once it is', async () => {
    const { id, transaction, event } = await waitingOrder('stripe');
    await api.database.query('UPDATE payments SET provider_payment_id = NULL WHERE order_id = $1', [id]);
    const [named, nameless] = [event('succeeded', 0), event('succeeded', 1, { payment_transaction_id: null })];

    await hear(api, named);
    await hear(api, nameless);
    expect(await workInbox(api)).toBe(2);

    for (const each of [named, nameless]) {
      expect(await inboxRow(api, inboxId(each))).toMatchObject({
        ...{ status: 'deferred', attempts: 1, last_error: 'no such order or payment is known' },
      });
    }
    await api.database.query('UPDATE payments SET provider_payment_id = $2 WHERE order_id = $1', [id, transaction]);
    await passTime(api);
    await workAll(api);
    expect(await view(id)).toMatchObject({ status: 'paid', version: 2 });
    expect(await inboxRow(api, inboxId(nameless))).toMatchObject({ status: 'processed', attempts: 2 });
  });
});

describe('a report', () => {
  it('about an order that is not known waits, and changes nothing', async () => {
    const before = await everything(api);
    const report = reportEvent('failed', { order_id: newId('ord') });

    await tell(api, report);

    expect(await inboxRow(api, inboxId(report))).toMatchObject({ status: 'deferred', attempts: 1 });
    expect(await everything(api)).toEqual(before);
  });

  it.each(PROVIDERS)('about a payment of another order than its %s one is parked in the end', async (provider) => {
    const [one, other] = [await waitingOrder(provider), await waitingOrder('stripe')];
    const before = await everything(api);
    const report = one.event('succeeded', 0, { payment_transaction_id: other.transaction });

    await tell(api, report);
    for (let attempt = 2; attempt <= 8; attempt += 1) {
      await passTime(api);
      await workAll(api);
    }

    expect(await inboxRow(api, inboxId(report))).toMatchObject({
      ...{ status: 'parked', attempts: 8 },
      last_error: expect.stringMatching(/^payment pay_\w+ is not one of order ord_/),
    });
    expect(await everything(api)).toEqual(before);
  });

  it('of a type that means nothing here is stored and left alone', async () => {
    const report = { ...reportEvent('succeeded', { anything: [1] }), type: 'payment.captured.v2' };

    await tell(api, report);

    expect(await inboxRow(api, inboxId(report))).toMatchObject({ status: 'ignored', attempts: 0 });
  });

  it('with an id of Stripe’s is not that event of Stripe', async () => {
    const { id, event } = await waitingOrder('stripe');
    const webhook = intentEvent(await intentOf(api, id), 'processing');
    await deliver(api, webhook).expect(200);

    expect(await hear(api, { ...event('succeeded', 0), id: webhook.id })).toEqual(['read', 'stored']);
    await workAll(api);

    expect(await view(id)).toMatchObject({ status: 'paid' });
  });
});
