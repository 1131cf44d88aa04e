import pg from 'pg';
import { RefundFacts } from '../../src/refunds/index.js';
import { startApi, type TestApi } from '../support/api.js';
import { inboxRow, passTime, workInbox } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import {
  askRefund,
  expectRefundsAgree,
  paidOrder,
  passRefundTime,
  refundsAtStripe,
  sweepRefunds,
  TOTAL,
  UNIT_PRICE,
} from '../support/refunding.js';
import { recordStatements } from '../support/statements.js';
import { armFault, auditOf, callSandbox, controlSandbox, intentOf, ledgerOf, stockOf } from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  // Refunds to a card that takes its time stay pending until a test settles them.
  api = await startApi({ stripe: { refundSettleMs: 3_600_000 }, config: { STRIPE_TIMEOUT_MS: '1000' } });
});

beforeEach(() => receive('drop'));

afterEach(() => expectInvariants(api.database));

afterAll(async () => {
  try {
    await expectRefundsAgree(api);
  } finally {
    await api.close();
  }
});

/** How the sandbox sends its webhooks from now on. `drop`: never, and a test delivers by hand. */
async function receive(mode: 'drop' | 'normal'): Promise<void> {
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode });
}

const orderOf = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;
const refundOf = async (id: string) => (await api.admin().get(`/v1/admin/refunds/${id}`).expect(200)).body;
const retry = (id: string) => api.admin().post(`/v1/admin/refunds/${id}/retry`);
const holdOf = async (orderId: string) =>
  (await api.database.query('SELECT refund_hold FROM payments WHERE order_id = $1', [orderId]))[0]?.['refund_hold'];

/** Asks for a refund and lets the worker send it. */
async function refunded(orderId: string, body: object = {}): Promise<string> {
  const answer = await askRefund(api, orderId, body).expect(202);
  await sweepRefunds(api);
  return answer.body.id;
}

/** What the worker finds when the refunds that wait are due again. */
async function laterOn(): Promise<void> {
  await passRefundTime(api);
  await sweepRefunds(api);
}

/** The bank, or a person in the dashboard, settles a refund of an order. */
async function settleAtStripe(orderId: string, status: 'succeeded' | 'failed'): Promise<void> {
  const refund = (await refundsAtStripe(api, orderId)).at(-1);
  await controlSandbox(api, `/refunds/${refund?.id}`, { status });
}

/** A refund that somebody makes in the dashboard. */
async function refundOutside(orderId: string, amount?: number): Promise<string> {
  const { id } = await intentOf(api, orderId);
  return (await controlSandbox<{ id: string }>(api, '/refunds', { payment_intent: id, amount })).id;
}

/** What Stripe has to tell of the refunds of an order, oldest first. */
async function newsOf(orderId: string): Promise<string[]> {
  const { id } = await intentOf(api, orderId);
  const headers = { authorization: 'Bearer sk_test_reader' };
  const path = '/v1/events?limit=100&types[]=refund.*&types[]=charge.refunded';
  const { data } = await callSandbox<{ data: { id: string }[] }>(api, path, { headers });
  const about = data.filter((event) => JSON.stringify(event).includes(id));
  return about.map((event) => event.id).reverse();
}

/** A refund of 5.00 that somebody makes in the dashboard, with the metadata of one of ours. */
async function copyOutside(orderId: string, refundId: string): Promise<void> {
  const { id: intent } = await intentOf(api, orderId);
  const copied = { 'metadata[refund_id]': refundId, 'metadata[refund_round]': '1' };
  await callSandbox(api, '/v1/refunds', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_dashboard' },
    body: new URLSearchParams({ payment_intent: intent, amount: '500', ...copied }),
  });
}

/** Delivers events in this order, and works on none of them. */
async function deliverAll(events: readonly string[]): Promise<void> {
  for (const id of events) await controlSandbox(api, `/events/${id}/deliver`, {});
}

/** Delivers events in this order, each worked on before the next. */
async function tell(events: readonly string[]): Promise<void> {
  for (const id of events) {
    await controlSandbox(api, `/events/${id}/deliver`, {});
    await workInbox(api);
  }
}

const POST_REFUND = { match: { method: 'POST', path: '/v1/refunds' } };

describe('a refund whose outcome nobody heard', () => {
  //
  it.each([
    ['the answer never came', { kind: 'hang_after' }],
    ['Stripe never heard of it', { kind: 'hang_before' }],
    ['Stripe did it, failed and remembers the failure', { kind: 'error_after', replay: 'error' }],
    ['Stripe did it, failed and remembers the result', { kind: 'error_after', replay: 'result' }],
    ['Stripe failed before', { kind: 'error_before' }],
    ['Stripe asked for patience', { kind: 'rate_limit' }],
    ['the same request was under way', { kind: 'conflict' }],
  ])('is found out, and made once: %s', async (_, fault) => {
    const { id, product } = await paidOrder(api);
    await armFault(api, { ...fault, ...POST_REFUND });

    const refund = await refunded(id);

    expect(await refundOf(refund)).toMatchObject({ status: 'submitted', failure_code: null });
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0 });
    expect(await holdOf(id)).toBe(TOTAL);
    expect((await askRefund(api, id, { amount: 1 })).body.code).toBe('refund_exceeds_captured');
    await eventually(async () => {
      await laterOn();
      expect((await refundOf(refund)).status).toBe('succeeded');
    });
    await laterOn();
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([10, 0]);
    expect(await refundsAtStripe(api, id)).toMatchObject([{ amount: TOTAL, refund_id: refund }]);
  });

  it('is told of by webhook before: then the answer is no news, and nothing is booked twice', async () => {
    const { id, product } = await paidOrder(api);
    await armFault(api, { kind: 'hang_after', ...POST_REFUND });
    const { body } = await askRefund(api, id, { items: [{ product_id: product, quantity: 1 }] }).expect(202);
    const sent = sweepRefunds(api);
    await eventually(async () => expect(await refundsAtStripe(api, id)).toHaveLength(1));

    await tell(await newsOf(id));
    expect(await refundOf(body.id)).toMatchObject({ status: 'succeeded', external: false });
    await sent;
    await laterOn();

    expect(await orderOf(id)).toMatchObject({ refunded_amount: UNIT_PRICE, version: 3 });
    expect(await stockOf(api, product)).toEqual([8, 0]);
    const { body: list } = await api.admin().get(`/v1/admin/refunds?order_id=${id}`).expect(200);
    expect(list.total_count).toBe(1);
  });

  it('is not sent again after 23 hours: it is found, also where no worker has looked before', async () => {
    const { id } = await paidOrder(api);
    await armFault(api, { kind: 'hang_after', ...POST_REFUND });
    const refund = await refunded(id);
    await api.database.query(
      "UPDATE refunds SET checks = 0, submitted_at = now() - interval '23 hours' WHERE id = $1",
      [refund],
    );
    const { calls } = await ledgerOf(api);

    await laterOn();

    expect(await refundOf(refund)).toMatchObject({ status: 'succeeded' });
    expect((await ledgerOf(api)).calls['POST /v1/refunds']).toBe(calls['POST /v1/refunds']);
  });

  it('has failed where Stripe does not have it after 23 hours, and can be begun anew', async () => {
    const { id } = await paidOrder(api);
    await armFault(api, { kind: 'hang_before', ...POST_REFUND });
    const refund = await refunded(id);
    await api.database.query("UPDATE refunds SET submitted_at = now() - interval '23 hours' WHERE id = $1", [refund]);

    await laterOn();

    expect(await refundOf(refund)).toMatchObject({ status: 'failed', failure_code: 'never_arrived' });
    expect(await holdOf(id)).toBe(0);
    await retry(refund).expect(202);
    await sweepRefunds(api);
    expect(await refundOf(refund)).toMatchObject({ status: 'succeeded', failure_code: null });
    expect(await refundsAtStripe(api, id)).toHaveLength(1);
  });
});

describe('a refund that Stripe refuses', () => {
  it('has failed, changes nothing, and succeeds once it is tried again at a better time', async () => {
    const { id, product } = await paidOrder(api);
    const { id: intent } = await intentOf(api, id);
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', { payment_intent: intent });

    const refund = await refunded(id, { items: [{ product_id: product, quantity: 2 }] });

    expect(await refundOf(refund)).toMatchObject({ status: 'failed', failure_code: 'charge_disputed' });
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0, version: 2 });
    expect(await holdOf(id)).toBe(0);
    await laterOn();
    expect(await refundsAtStripe(api, id)).toEqual([]);
    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    const answers = await Promise.all([retry(refund), retry(refund), retry(refund)]);
    expect(answers.map(({ status, body }) => [status, body.code ?? body.status]).sort()).toEqual([
      [202, 'requested'],
      [400, 'refund_not_retryable'],
      [400, 'refund_not_retryable'],
    ]);
    await sweepRefunds(api);
    expect(await refundOf(refund)).toMatchObject({ status: 'succeeded', failure_code: null });
    expect(await orderOf(id)).toMatchObject({ refunded_amount: 2 * UNIT_PRICE, items: [{ refunded_quantity: 2 }] });
    expect(await stockOf(api, product)).toEqual([9, 0]);
    const late = await retry(refund);
    expect([late.status, late.body.code, late.body.current_status]).toEqual([400, 'refund_not_retryable', 'succeeded']);
  });

  it('cannot be tried again where its units or its money went back another way', async () => {
    const { id, product } = await paidOrder(api);
    const { id: intent } = await intentOf(api, id);
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', { payment_intent: intent });
    const units = await refunded(id, { amount: 100, items: [{ product_id: product, quantity: 2 }] });
    const money = await refunded(id, { amount: 5_000 });
    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    await refunded(id, { amount: 2_000, items: [{ product_id: product, quantity: 2 }] });
    const before = await orderOf(id);

    const [noUnits, noMoney] = [await retry(units), await retry(money)];

    expect([noUnits.status, noUnits.body.code]).toEqual([422, 'refund_exceeds_ordered']);
    expect(noUnits.body.items).toMatchObject([{ requested: 2, refundable: 1 }]);
    expect([noMoney.status, noMoney.body.code]).toEqual([422, 'refund_exceeds_captured']);
    expect(noMoney.body).toMatchObject({ requested: 5_000, refundable: TOTAL - 2_000 });
    await sweepRefunds(api);
    expect(await orderOf(id)).toEqual(before);
  });
});

describe('a refund that the bank works on', () => {
  it('changes the order when it is through, however often that is told', async () => {
    const { id, product } = await paidOrder(api, 'pm_card_pendingRefund');
    const refund = await refunded(id);
    expect((await refundOf(refund)).status).toBe('pending');
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0, version: 2 });
    await settleAtStripe(id, 'succeeded');
    const news = await newsOf(id);

    await tell([...news, ...news].reverse());
    await laterOn();

    expect((await refundOf(refund)).status).toBe('succeeded');
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL, version: 3 });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });

  it('is asked for where no webhook tells, and not more often than every five minutes', async () => {
    const { id } = await paidOrder(api, 'pm_card_pendingRefund');
    const refund = await refunded(id);
    const pause = async () =>
      (
        await api.database.query(
          'SELECT round(extract(epoch FROM next_check_at - updated_at))::int AS seconds FROM refunds WHERE id = $1',
          [refund],
        )
      )[0]?.['seconds'];
    expect(await pause()).toBe(300);

    await laterOn();
    expect((await refundOf(refund)).status).toBe('pending');
    expect(await pause()).toBe(300);
    await settleAtStripe(id, 'succeeded');
    await laterOn();

    expect((await refundOf(refund)).status).toBe('succeeded');
    expect(await orderOf(id)).toMatchObject({ status: 'refunded' });
  });

  const forwards = (events: readonly string[]) => [...events];
  const backwards = (events: readonly string[]) => [...events].reverse();
  it.each([
    ['in turn', forwards],
    ['backwards', backwards],
    ['in turn and then backwards', (events: readonly string[]) => [...forwards(events), ...backwards(events)]],
  ])('and that fails in the end leaves the money here and asks for a person: told %s', async (_, turn) => {
    const { id } = await paidOrder(api, 'pm_card_pendingRefund');
    const refund = await refunded(id, { amount: 1_000 });
    await settleAtStripe(id, 'succeeded');
    const before = await newsOf(id);
    await settleAtStripe(id, 'failed');
    const news = await newsOf(id);
    expect(news.length).toBeGreaterThan(before.length);

    await tell(turn(news));
    await laterOn();

    expect(await refundOf(refund)).toMatchObject({ status: 'failed', failure_code: 'unknown' });
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'review', refunded_amount: 0 });
    expect(await holdOf(id)).toBe(0);
  });
});

describe('a refund that comes back after it had succeeded', () => {
  async function cameBack(body: object = {}, oneUnit = false) {
    const order = await paidOrder(api);
    const items = [{ item_id: order.itemId, quantity: 1 }];
    const refund = await refunded(order.id, oneUnit ? { ...body, items } : body);
    await settleAtStripe(order.id, 'failed');
    await tell(await newsOf(order.id));
    return { ...order, refund };
  }

  it('lowers what was refunded, leaves the goods on the shelf and asks for a person', async () => {
    const { id, product, refund } = await cameBack();

    expect(await refundOf(refund)).toMatchObject({ status: 'failed', failure_code: 'unknown' });
    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'refunded', payment_status: 'review', refunded_amount: 0, version: 4 },
      items: [{ refunded_quantity: 0, restocked_quantity: 3 }],
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      ...{ event_type: 'order_refund_failed', actor_id: 'system:stripe' },
      previous_state: { payment_status: 'refunded', refunded_amount: TOTAL },
      new_state: { payment_status: 'review', refunded_amount: 0 },
    });
  });

  it.each([
    ['all of it', {}, TOTAL, 3],
    ['one unit', { restock: true }, UNIT_PRICE, 1],
  ])('is tried again: the money goes, and the goods come back no second time (%s)', async (_, body, amount, units) => {
    const { id, product, refund } = await cameBack(body, units === 1);

    await retry(refund).expect(202);
    await sweepRefunds(api);

    expect(await orderOf(id)).toMatchObject({
      refunded_amount: amount,
      items: [{ refunded_quantity: units, restocked_quantity: units }],
    });
    expect((await orderOf(id)).payment_status).toBe(amount === TOTAL ? 'refunded' : 'partially_refunded');
    expect(await stockOf(api, product)).toEqual([7 + units, 0]);
    expect((await refundsAtStripe(api, id)).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  });

  it('is asked for anew instead: the goods come back no second time either', async () => {
    const { id, product } = await cameBack();

    await refunded(id);

    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'refunded', payment_status: 'refunded', refunded_amount: TOTAL },
      items: [{ refunded_quantity: 3, restocked_quantity: 3 }],
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });

  it('is tried again, unheard: its new round is never taken for the one that failed', async () => {
    const { id, refund } = await cameBack();
    await armFault(api, { kind: 'hang_before', ...POST_REFUND });
    await retry(refund).expect(202);
    await sweepRefunds(api);
    expect((await refundOf(refund)).status).toBe('submitted');

    await laterOn();

    expect(await refundOf(refund)).toMatchObject({ status: 'succeeded', failure_code: null });
    expect(await orderOf(id)).toMatchObject({ payment_status: 'refunded', refunded_amount: TOTAL });
  });

  it('is taken as it is: the money stays', async () => {
    const { id } = await cameBack();

    const answer = await api.admin().post(`/v1/admin/orders/${id}/review`, { action: 'accept' }).expect(200);

    expect(answer.body).toMatchObject({ status: 'refunded', payment_status: 'paid', refunded_amount: 0 });
  });
});

describe('a refund made in the dashboard', () => {
  const refundsOf = async (orderId: string) =>
    (await api.admin().get(`/v1/admin/refunds?order_id=${orderId}`).expect(200)).body.refunds;

  it('in several parts is booked part by part, whatever is told first and how often', async () => {
    const { id, product } = await paidOrder(api);
    await refundOutside(id, 1_000);
    await refundOutside(id, 2_000);
    const news = await newsOf(id);
    await refundOutside(id);

    await tell([...news, ...news].reverse());
    await tell((await newsOf(id)).reverse());

    expect(
      (await refundsOf(id)).map(
        ({ amount, external, restock }: { amount: number; external: boolean; restock: boolean }) => [
          amount,
          external,
          restock,
        ],
      ),
    ).toEqual([
      [TOTAL - 3_000, true, false],
      [2_000, true, false],
      [1_000, true, false],
    ]);
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([7, 0]);
    const again = await retry((await refundsOf(id))[0].id);
    expect([again.status, again.body.code]).toEqual([400, 'refund_not_retryable']);
  });

  it('that many workers hear of at once is booked once, and none of them fails', async () => {
    const { id } = await paidOrder(api);
    const refund = await refundOutside(id, 1_000);
    const news = await newsOf(id);
    await Promise.all(news.map((event) => controlSandbox(api, `/events/${event}/deliver`, {})));

    await Promise.all(Array.from({ length: 4 }, () => workInbox(api)));

    for (const event of news) expect(await inboxRow(api, event)).toMatchObject({ status: 'processed', attempts: 1 });
    expect(await refundsOf(id)).toMatchObject([{ amount: 1_000, external: true }]);
    expect(await refundsAtStripe(api, id)).toMatchObject([{ id: refund }]);
    expect(await orderOf(id)).toMatchObject({ refunded_amount: 1_000, version: 3 });
  });

  it('makes one of ours give way that was not sent yet', async () => {
    const { id, product } = await paidOrder(api);
    const { body: ours } = await askRefund(api, id).expect(202);
    await refundOutside(id);

    await tell(await newsOf(id));
    await sweepRefunds(api);

    expect(await refundOf(ours.id)).toMatchObject({ status: 'canceled', failure_code: 'refunded_at_provider' });
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([7, 0]);
    const again = await retry(ours.id);
    expect([again.status, again.body.code]).toEqual([422, 'refund_exceeds_captured']);
    expect(await refundsAtStripe(api, id)).toHaveLength(1);
  });

  it.each([
    ['all of it', undefined, 'charge_already_refunded'],
    ['a part', 1_000, 'provider_error'],
  ])(
    'makes Stripe refuse one of ours; then we ask what went back, without any webhook (%s)',
    async (_, amount, code) => {
      const { id, product } = await paidOrder(api);
      const { body: ours } = await askRefund(api, id).expect(202);
      await refundOutside(id, amount);

      await sweepRefunds(api);

      expect(await refundOf(ours.id)).toMatchObject({ status: 'failed', failure_code: code });
      expect(await refundsOf(id)).toMatchObject([{ amount: amount ?? TOTAL, external: true }, { id: ours.id }]);
      expect(await orderOf(id)).toMatchObject({ refunded_amount: amount ?? TOTAL });
      expect(await stockOf(api, product)).toEqual([7, 0]);
      await tell(await newsOf(id));
      expect(await refundsOf(id)).toHaveLength(2);
    },
  );

  it('that bears the name of one of ours is booked for what it is: that money is gone as well', async () => {
    const { id, product } = await paidOrder(api);
    const ours = await refunded(id, { items: [{ product_id: product, quantity: 1 }] });
    await copyOutside(id, ours);

    await tell(await newsOf(id));

    expect(await refundsOf(id)).toMatchObject([
      { amount: 500, external: true, status: 'succeeded' },
      { id: ours, amount: UNIT_PRICE, external: false, status: 'succeeded' },
    ]);
    expect(await orderOf(id)).toMatchObject({ refunded_amount: UNIT_PRICE + 500 });
  });

  it('waits until one of ours has ended whose outcome nobody heard', async () => {
    const { id } = await paidOrder(api);
    await armFault(api, { kind: 'hang_before', ...POST_REFUND });
    const ours = await refunded(id);
    await refundOutside(id);

    await tell(await newsOf(id));
    expect((await refundOf(ours)).status).toBe('submitted');
    await laterOn();
    await passTime(api);
    await workInbox(api);

    expect((await refundOf(ours)).status).toBe('failed');
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await api.database.query("SELECT id FROM webhook_events WHERE status <> 'processed'")).toEqual([]);
  });
});

//
describe('news of several refunds at once', () => {
  let apply: jest.SpiedFunction<RefundFacts['apply']>;

  beforeEach(() => {
    apply = jest.spyOn(api.app.get(RefundFacts, { strict: false }), 'apply');
  });
  afterEach(() => apply.mockRestore());

  const outcomesOf = (events: readonly string[]): Promise<unknown[]> =>
    Promise.all(
      events.map(async (event) => {
        const { status, attempts } = await inboxRow(api, event);
        return [status, attempts];
      }),
    );
  const done = (events: readonly string[]): unknown[] => events.map(() => ['processed', 1]);
  const told = () => api.database.query('SELECT count(*)::int AS events FROM outbox_events');

  async function knownRefund(): Promise<{ orderId: string; refundId: string; news: readonly string[] }> {
    const { id } = await paidOrder(api);
    const refundId = await refunded(id);
    apply.mockClear();
    return { orderId: id, refundId, news: await newsOf(id) };
  }

  it('are done with together where all of it is known, and lock no order', async () => {
    const known = [...(await knownRefund()).news, ...(await knownRefund()).news];
    await deliverAll(known);
    const before = await told();

    const log = await recordStatements(() => workInbox(api));

    expect(known).toHaveLength(4);
    expect(await outcomesOf(known)).toEqual(done(known));
    expect(apply).not.toHaveBeenCalled();
    expect(await told()).toEqual(before);
    // Which were taken. Of those the events, their payments, their refunds, that they are done. That no others are there, fresh
    // or not.
    expect(log.count).toBe(1 + 4 + 2);
    const locks = log.locks.filter(({ mode }) => mode === 'for update').slice(1, -2);
    expect(locks.map(({ table, skipLocked }) => [table, skipLocked])).toEqual([
      ['webhook_events', true],
      ['refunds', true],
    ]);
    const logged = api.logs.named('webhook_processed').slice(-known.length);
    expect(logged.map((line) => [line['provider_event_id'], line['outcome']])).toEqual(
      expect.arrayContaining(known.map((event) => [event, 'old_news'])),
    );
  });

  it('are applied where they change something', async () => {
    const { id } = await paidOrder(api, 'pm_card_pendingRefund');
    await refunded(id);
    const { news: known } = await knownRefund();
    await settleAtStripe(id, 'succeeded');
    const fresh = await newsOf(id);
    await deliverAll([...known, ...fresh]);

    await workInbox(api);

    expect(apply).toHaveBeenCalledTimes(1);
    expect(apply.mock.calls[0]?.[2]).toMatchObject({ status: 'succeeded' });
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await outcomesOf([...known, ...fresh])).toEqual(done([...known, ...fresh]));
  });

  it('wait for nobody: one about a refund that is locked is for itself', async () => {
    const [busy, free] = [await knownRefund(), await knownRefund()];
    await deliverAll([...busy.news, ...free.news]);
    const client = new pg.Client({ connectionString: api.database.url });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT FROM refunds WHERE id = $1 FOR UPDATE', [busy.refundId]);
      const work = workInbox(api);
      await eventually(async () => expect(await outcomesOf(free.news)).toEqual(done(free.news)));
      const [first = '', ...others] = busy.news;
      expect(await outcomesOf([first])).toEqual([['received', 1]]);
      await client.query('ROLLBACK');
      await work;
      expect(await outcomesOf([first, ...others])).toEqual(done(busy.news));
    } finally {
      await client.end();
    }
    expect(apply).toHaveBeenCalledTimes(1);
  });

  it('are no old news where they tell of other money, whatever name they bear', async () => {
    const { id, product } = await paidOrder(api);
    const ours = await refunded(id, { items: [{ product_id: product, quantity: 1 }] });
    await copyOutside(id, ours);
    const outside = await paidOrder(api);
    await refundOutside(outside.id, 700);
    const news = [...(await newsOf(id)), ...(await newsOf(outside.id)), ...(await knownRefund()).news];
    await deliverAll(news);

    await workInbox(api);

    expect(await outcomesOf(news)).toEqual(done(news));
    expect(await orderOf(id)).toMatchObject({ refunded_amount: UNIT_PRICE + 500 });
    expect(await orderOf(outside.id)).toMatchObject({ payment_status: 'partially_refunded', refunded_amount: 700 });
  });
});
