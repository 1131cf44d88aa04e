import { NestFactory } from '@nestjs/core';
import { newId } from '../../src/kernel/id.js';
import { Logger } from '../../src/platform/observability/index.js';
import { CompareBooks } from '../../src/reconciliation/use-cases/compare-books.use-case.js';
import { CompareDay } from '../../src/reconciliation/use-cases/compare-day.js';
import { FetchMissedEvents } from '../../src/reconciliation/use-cases/fetch-missed-events.use-case.js';
import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import { WorkerModule } from '../../src/worker.module.js';
import { startApi, type TestApi } from '../support/api.js';
import { workAll } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
  buyCart,
  callSandbox,
  confirmAsClient,
  controlSandbox,
  freshKey,
  intentOf,
  ledgerOf,
  order,
  recordPayment,
  stockOf,
} from '../support/storefront.js';

const HALF_A_DAY_MS = 12 * 3_600_000;
const PRICE = 2_500;
const TOTAL = PRICE + 599;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true, config: { RECONCILE_BOOKS_AFTER_SECONDS: '1' } });
  // A bad day: Stripe's events are lost on their way.
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
});
beforeEach(async () => {
  await api.database.truncateAll();
  await api.redis.flushdb();
  await controlSandbox(api, '/reset', {});
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
  api.logs.clear();
});
afterEach(() => expectInvariants(api.database));
afterAll(() => api.close());

/** A stretch of time around now, whatever the clock says of midnight. */
function compareNow(): Promise<void> {
  const now = Date.now();
  const day = { from: new Date(now - HALF_A_DAY_MS), to: new Date(now + HALF_A_DAY_MS) };
  return api.app.get(CompareDay, { strict: false }).execute(day, { goOn: async () => undefined });
}

const compareBooks = () => api.app.get(CompareBooks, { strict: false }).execute();
const fetchEvents = () => api.app.get(FetchMissedEvents, { strict: false }).execute();
const submitRefunds = () => api.app.get(SubmitRefunds, { strict: false }).sweep();

/** As the passing of time would: the task's turn has come, and it has come no further than `days` ago. */
const passTime = (task: string, days = 0) =>
  api.database.query(
    `INSERT INTO reconciliation_progress (task, done_until, next_run_at)
     VALUES ($1, date_trunc('day', now() AT TIME ZONE 'utc') AT TIME ZONE 'utc' - make_interval(days => $2), now())
     ON CONFLICT (task) DO UPDATE SET next_run_at = now()`,
    [task, days],
  );

interface Difference {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly provider_id: string;
  readonly [member: string]: unknown;
}

async function differences(query = ''): Promise<Difference[]> {
  const { body } = await api.admin().get(`/v1/admin/reconciliation-differences${query}`).expect(200);
  return body.reconciliation_differences;
}

/** `[object, kind, status]` of every difference, oldest first. */
const told = async () => (await differences()).reverse().map(({ object, kind, status }) => [object, kind, status]);

/** A request to the sandbox as another program of the shop would make it. */
function stripe<Answer>(path: string, form: Record<string, string>): Promise<Answer> {
  return callSandbox<Answer>(api, path, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_other', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

const FOREIGN = {
  amount: '1234',
  currency: 'eur',
  confirm: 'true',
  payment_method: 'pm_card_visa',
  'automatic_payment_methods[enabled]': 'true',
  'automatic_payment_methods[allow_redirects]': 'never',
};

async function paidOrder(paymentMethod = 'pm_card_visa') {
  const product = await stockedProduct(api, { unitPrice: PRICE, onHand: 5 });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 1 }], { payment_method: paymentMethod });
  expect(body.status).toBe('paid');
  const orderId: string = body.id;
  return { product, buyer, orderId, intent: await intentOf(api, orderId) };
}

/** The buyer has paid in his browser, and nobody told us. */
async function unheardOrder() {
  const product = await stockedProduct(api, { unitPrice: PRICE, onHand: 5 });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 1 }]);
  await confirmAsClient(api, body.payment.client_secret, 'pm_card_visa');
  const orderId: string = body.id;
  return { product, buyer, orderId, intent: await intentOf(api, orderId) };
}

const orderOf = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;

describe('events that did not reach us', () => {
  it('are fetched, and take effect as their webhooks would have', async () => {
    const { orderId, product } = await unheardOrder();
    const { orderId: returned, intent } = await paidOrder();
    await controlSandbox(api, '/refunds', { payment_intent: intent.id, amount: 1_000 });
    await controlSandbox(api, '/disputes', { payment_intent: intent.id });

    const ran = await fetchEvents();
    await workAll(api);

    expect(ran).toBe(true);
    expect(await orderOf(orderId)).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect(await orderOf(returned)).toMatchObject({ refunded_amount: 1_000, disputed: true });
    expect((await auditOf(api, orderId)).at(-1)).toMatchObject({ event_type: 'order_paid', actor_id: 'system:stripe' });
    const [line] = api.logs.named('webhooks_missed');
    const rows = await api.database.query('SELECT status FROM webhook_events');
    expect(line).toMatchObject({ level: 40, undelivered: rows.length, stored: rows.length });
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['processed']));
  });

  it('do nothing where they came after all, before or afterwards', async () => {
    const { orderId } = await unheardOrder();
    await fetchEvents();
    await workAll(api);
    const before = await api.database.query('SELECT id, status, attempts FROM webhook_events ORDER BY id');
    const version: unknown = (await orderOf(orderId)).version;

    await passTime('events');
    const again = await fetchEvents();
    const { data: events } = await callSandbox<{ data: { id: string }[] }>(api, '/v1/events?limit=100', {
      headers: { authorization: 'Bearer sk_test_reader' },
    });
    for (const { id } of events) await controlSandbox(api, `/events/${id}/deliver`, {});
    await workAll(api);

    expect(again).toBe(true);
    const after = await api.database.query(
      'SELECT id, status, attempts FROM webhook_events WHERE id = ANY($1) ORDER BY id',
      [before.map(({ id }) => id)],
    );
    expect(after).toEqual(before);
    expect((await orderOf(orderId)).version).toBe(version);
    expect(api.logs.named('webhooks_missed')).toHaveLength(1);
  });

  it('are asked for once in their time, by one of two workers', async () => {
    const first = await Promise.all([fetchEvents(), fetchEvents()]);
    const second = await fetchEvents();

    expect([first.sort(), second]).toEqual([[false, true], false]);
    const calls = (await ledgerOf(api)).calls['GET /v1/events'] ?? 0;
    // Three days and the overlap, a day at a time.
    expect(calls).toBe(4);
  });

  it('are asked for again where Stripe did not answer', async () => {
    await unheardOrder();
    await armFault(api, { kind: 'error_before', status: 500, match: { method: 'GET', path: '/v1/events' } });

    await expect(fetchEvents()).rejects.toThrow();
    const early = await fetchEvents();
    await passTime('events');
    const late = await fetchEvents();

    expect([early, late]).toEqual([false, true]);
    expect(api.logs.named('webhooks_missed')).toHaveLength(1);
  });
});

describe('the books of a day', () => {
  it('agree about what was sold, declined, returned and paid outside of Stripe', async () => {
    const { orderId } = await paidOrder();
    await api
      .admin()
      .post(`/v1/admin/orders/${orderId}/refunds`, { amount: 700 }, { idempotencyKey: freshKey() })
      .expect(202);
    await submitRefunds();
    const product = await stockedProduct(api, { unitPrice: PRICE, onHand: 5 });
    await order(api.customer(), [{ product_id: product, quantity: 1 }], {
      payment_method: 'pm_card_chargeDeclined',
    }).expect(402);
    const { body: manual } = await order(api.customer(), [{ product_id: product, quantity: 1 }], {
      provider: 'manual',
    });
    await recordPayment(api.admin(), manual.id, 'bank transfer 1').expect(200);

    await compareNow();

    expect(await told()).toEqual([]);
    expect(api.logs.named('books_compared')).toMatchObject([
      { object: 'payment', listed: 1, examined: 0 },
      { object: 'refund', listed: 1, examined: 0 },
    ]);
  });

  it('show a charge that we know nothing of, once, however often they are compared', async () => {
    const { id } = await stripe<{ id: string }>('/v1/payment_intents', FOREIGN);

    await compareNow();
    const [first] = await differences();
    await compareNow();
    const [second, ...more] = await differences();

    expect(first).toEqual({
      id: expect.stringMatching(/^dif_/),
      object: 'payment',
      kind: 'missing_here',
      provider_id: id,
      subject_id: null,
      order_id: null,
      here: null,
      at_stripe: { amount: 1_234, currency: 'eur', status: 'succeeded' },
      status: 'open',
      found_at: expect.any(String),
      seen_at: expect.any(String),
      resolved_at: null,
    });
    expect(second).toEqual({ ...first, seen_at: second?.['seen_at'] });
    expect(String(second?.['seen_at']) > String(first?.['seen_at'])).toBe(true);
    expect(more).toEqual([]);
    expect(api.logs.named('reconciliation_difference')).toMatchObject([
      { level: 50, difference_id: first?.id, object: 'payment', kind: 'missing_here', provider_id: id },
    ]);
  });

  it('make an order paid whose money nobody told us of', async () => {
    const { orderId, product, intent } = await unheardOrder();
    expect(await orderOf(orderId)).toMatchObject({ status: 'created', payment_status: 'unpaid' });

    await compareNow();

    expect(await orderOf(orderId)).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect((await auditOf(api, orderId)).at(-1)).toMatchObject({ actor_id: 'system:reconciliation' });
    expect(await differences()).toMatchObject([
      {
        object: 'payment',
        kind: 'status',
        provider_id: intent.id,
        order_id: orderId,
        here: { status: 'pending', amount: 0 },
        at_stripe: { status: 'succeeded', amount: TOTAL },
        status: 'resolved',
        resolved_at: expect.any(String),
      },
    ]);
    expect(api.logs.named('reconciliation_difference')).toHaveLength(1);
    expect(api.logs.named('reconciliation_difference_resolved')).toHaveLength(1);
  });

  it('find a payment again whose intent was never heard of, by the name that it carries', async () => {
    const { orderId, intent } = await unheardOrder();
    await api.database.query('UPDATE payments SET provider_payment_id = NULL WHERE order_id = $1', [orderId]);

    await compareNow();

    expect(await orderOf(orderId)).toMatchObject({ status: 'paid' });
    expect(await differences()).toMatchObject([{ kind: 'status', provider_id: intent.id, status: 'resolved' }]);
  });

  it('do not take a second intent that bears the name of a payment for that payment', async () => {
    const { intent } = await paidOrder();
    const twin = { ...FOREIGN, 'metadata[payment_id]': intent.metadata['payment_id'] ?? '' };
    const { id } = await stripe<{ id: string }>('/v1/payment_intents', twin);

    await compareNow();

    expect(await differences()).toMatchObject([{ kind: 'missing_here', provider_id: id, status: 'open' }]);
  });

  it('book a refund that was made at Stripe, and show one of a charge that is not ours', async () => {
    const { orderId, product, intent } = await paidOrder();
    const foreign = await stripe<{ id: string }>('/v1/payment_intents', FOREIGN);
    await controlSandbox(api, '/refunds', { payment_intent: intent.id, amount: 900 });
    await controlSandbox(api, '/refunds', { payment_intent: foreign.id });

    await compareNow();

    expect(await orderOf(orderId)).toMatchObject({ payment_status: 'partially_refunded', refunded_amount: 900 });
    expect(await stockOf(api, product)).toEqual([4, 0]);
    expect(await told()).toEqual([
      ['payment', 'missing_here', 'open'],
      ['refund', 'missing_here', 'open'],
      ['refund', 'missing_here', 'resolved'],
    ]);
    expect(await differences('?object=refund&status=open')).toMatchObject([
      { here: null, at_stripe: { amount: 1_234, currency: 'eur', status: 'succeeded' } },
    ]);
  });

  it('take in that a refund failed at Stripe after it had gone through', async () => {
    const { orderId } = await paidOrder();
    await api
      .admin()
      .post(`/v1/admin/orders/${orderId}/refunds`, { amount: 700 }, { idempotencyKey: freshKey() })
      .expect(202);
    await submitRefunds();
    const [refund] = await api.database.query<{ id: string; provider_refund_id: string }>(
      'SELECT id, provider_refund_id FROM refunds',
    );
    await controlSandbox(api, `/refunds/${refund?.provider_refund_id}`, { status: 'failed' });

    await compareNow();

    expect(await orderOf(orderId)).toMatchObject({ payment_status: 'review', refunded_amount: 0 });
    expect(await differences()).toMatchObject([
      {
        object: 'refund',
        kind: 'status',
        provider_id: refund?.provider_refund_id,
        subject_id: refund?.id,
        order_id: orderId,
        status: 'resolved',
      },
    ]);
  });

  it('show other amounts and currencies until they are put right, and keep that it was so', async () => {
    const { intent } = await paidOrder();
    const damage = (amount: number, currency: string) =>
      api.database.query('UPDATE payments SET captured_amount = $1, currency = $2', [amount, currency]);
    await damage(TOTAL - 1, 'eur');
    await compareNow();
    const broken = await differences('?status=open');

    await damage(TOTAL, 'usd');
    await passTime('books');
    await compareBooks();
    const mended = await told();
    await damage(TOTAL - 1, 'usd');
    await compareNow();
    const again = await told();
    await damage(TOTAL, 'usd');

    expect(broken).toMatchObject([
      { kind: 'currency', provider_id: intent.id },
      {
        kind: 'amount',
        here: { amount: TOTAL - 1, currency: 'eur', status: 'succeeded' },
        at_stripe: { amount: TOTAL, currency: 'usd', status: 'succeeded' },
      },
    ]);
    const resolved = [
      ['payment', 'amount', 'resolved'],
      ['payment', 'currency', 'resolved'],
    ];
    expect(mended).toEqual(resolved);
    expect(again).toEqual([...resolved, ['payment', 'amount', 'open']]);
  });

  it('show payments and refunds that Stripe does not have', async () => {
    const { orderId } = await paidOrder();
    await api
      .admin()
      .post(`/v1/admin/orders/${orderId}/refunds`, { amount: 700 }, { idempotencyKey: freshKey() })
      .expect(202);
    await submitRefunds();
    const kept = await api.database.query<{ intent: string; refund: string }>(
      `SELECT p.provider_payment_id AS intent, r.provider_refund_id AS refund
       FROM payments p JOIN refunds r ON r.payment_id = p.id`,
    );
    await api.database.query(`UPDATE payments SET provider_payment_id = 'pi_gone'`);
    await api.database.query(`UPDATE refunds SET provider_refund_id = 're_gone'`);

    await compareNow();
    const broken = await differences('?status=open');
    await api.database.query('UPDATE payments SET provider_payment_id = $1', [kept[0]?.intent]);
    await api.database.query('UPDATE refunds SET provider_refund_id = $1', [kept[0]?.refund]);
    await passTime('books');
    await compareBooks();

    expect(broken.map(({ kind, provider_id }) => [kind, provider_id])).toEqual(
      expect.arrayContaining([
        ['missing_at_stripe', 'pi_gone'],
        ['missing_here', kept[0]?.intent],
        ['missing_at_stripe', 're_gone'],
      ]),
    );
    expect(await differences('?status=open')).toEqual([]);
  });

  it('leave what cannot be taken in open, and go on', async () => {
    const { orderId } = await unheardOrder();
    await stripe('/v1/payment_intents', FOREIGN);
    await api.database.query(`CREATE FUNCTION refuse_order() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'this order is broken'; END $$`);
    await api.database.query(
      'CREATE TRIGGER broken BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION refuse_order()',
    );

    await compareNow();
    await api.database.query('DROP TRIGGER broken ON orders');
    await api.database.query('DROP FUNCTION refuse_order()');

    expect((await told()).sort()).toEqual([
      ['payment', 'missing_here', 'open'],
      ['payment', 'status', 'open'],
    ]);
    expect(api.logs.named('reconciliation_not_applied')).toMatchObject([{ level: 50 }]);
    expect(await orderOf(orderId)).toMatchObject({ status: 'created' });
  });
});

describe('the daily comparison', () => {
  const progress = () =>
    api.database.query(
      `SELECT (date_trunc('day', now() AT TIME ZONE 'utc') AT TIME ZONE 'utc' = done_until) AS today,
         next_run_at = done_until + interval '1 day 1 second' AS tomorrow
       FROM reconciliation_progress WHERE task = 'books'`,
    );
  const listings = async () => (await ledgerOf(api)).calls['GET /v1/charges'] ?? 0;

  it('makes up for the days of an outage, each once, and waits for the next', async () => {
    await passTime('books', 3);

    const ran = [await compareBooks(), await compareBooks()];

    expect(ran).toEqual([true, false]);
    expect(await listings()).toBe(3);
    expect(await progress()).toEqual([{ today: true, tomorrow: true }]);
  });

  it('begins with yesterday in a new house, in one of two workers', async () => {
    const ran = await Promise.all([compareBooks(), compareBooks()]);

    expect(ran.sort()).toEqual([false, true]);
    expect(await listings()).toBe(1);
    expect(await progress()).toEqual([{ today: true, tomorrow: true }]);
  });

  it('tries a day again that Stripe did not answer about', async () => {
    await passTime('books', 2);
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'GET', path: '/v1/charges' } });

    await expect(compareBooks()).rejects.toThrow();
    const early = await compareBooks();
    await passTime('books');
    const late = await compareBooks();

    expect([early, late]).toEqual([false, true]);
    expect(await progress()).toEqual([{ today: true, tomorrow: true }]);
  });

  it('stops when the process stops, and goes on in the next one at once', async () => {
    await passTime('books', 2);
    const stop = new AbortController();
    stop.abort();

    const stopped = await api.app.get(CompareBooks, { strict: false }).execute(stop.signal);
    const [left] = await progress();
    const ran = await compareBooks();

    expect([stopped, left?.['today'], ran]).toEqual([true, false, true]);
    expect(await progress()).toEqual([{ today: true, tomorrow: true }]);
  });
});

describe('the worker', () => {
  it('asks for events and compares the books by itself', async () => {
    const { orderId } = await unheardOrder();
    const config = { ...api.config, LOG_LEVEL: 'silent', SWEEP_INTERVAL_SECONDS: 1 } as const;
    const worker = await NestFactory.createApplicationContext(WorkerModule.of(config), {
      logger: false,
      abortOnError: false,
    });
    try {
      await eventually(
        async () => {
          expect(await orderOf(orderId)).toMatchObject({ status: 'paid' });
          expect(
            await api.database.query(
              `SELECT task FROM reconciliation_progress
               WHERE done_until >= date_trunc('day', now() AT TIME ZONE 'utc') AT TIME ZONE 'utc' ORDER BY task`,
            ),
          ).toEqual([{ task: 'books' }, { task: 'events' }]);
        },
        { withinMs: 15_000 },
      );
    } finally {
      await worker.close();
      // The worker has silenced Nest's one logger for both.
      api.app.useLogger(api.app.get(Logger));
    }
  });
});

describe('the list of differences', () => {
  const PATH = '/v1/admin/reconciliation-differences';

  it('is for admins', async () => {
    expect((await api.http.get(PATH)).status).toBe(401);
    expect((await api.customer().get(PATH)).status).toBe(403);
    expect((await api.admin().get(PATH).expect(200)).body).toEqual({
      reconciliation_differences: [],
      total_count: 0,
      limit: 20,
      offset: 0,
      has_more: false,
    });
  });

  it('is read by pages and filters, newest first', async () => {
    for (let made = 0; made < 3; made += 1) await stripe('/v1/payment_intents', FOREIGN);
    await compareNow();
    const all = await differences();

    const { body } = await api.admin().get(`${PATH}?limit=2&offset=1&status=open&object=payment`).expect(200);

    expect(all).toHaveLength(3);
    expect(body).toMatchObject({ total_count: 3, limit: 2, offset: 1, has_more: false });
    expect(body.reconciliation_differences).toEqual(all.slice(1));
    expect(await differences(`?starting_after=${all[1]?.id}`)).toEqual(all.slice(2));
    expect(await differences('?object=refund')).toEqual([]);
    expect(await differences(`?starting_after=${newId('dif')}`)).toEqual(all);
  });

  it.each(['status=mended', 'object=order', 'kind=amount', 'limit=0'])('refuses ?%s', async (query) => {
    const answer = await api.admin().get(`${PATH}?${query}`);

    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
  });

  it('is measured', async () => {
    await stripe('/v1/payment_intents', FOREIGN);
    await compareNow();
    await passTime('books');

    const { text } = await api.http.get('/metrics').expect(200);

    expect(text).toMatch(/^holdfast_reconciliation_open_differences\{object="payment"\} 1$/m);
    expect(text).toMatch(/^holdfast_reconciliation_open_differences\{object="refund"\} 0$/m);
    expect(text).toMatch(/^holdfast_reconciliation_done_until_timestamp_seconds\{task="books"\} \d{10}$/m);
  });
});
