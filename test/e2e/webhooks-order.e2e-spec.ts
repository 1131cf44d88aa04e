import { startApi, type TestApi } from '../support/api.js';
import {
  deliver,
  inboxRow,
  intentEvent,
  nowSeconds,
  passTime,
  type StripeEvent,
  workAll,
  workInbox,
} from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
  buyCart,
  cancel,
  cartOf,
  confirmAsClient,
  controlSandbox,
  eventTypes,
  intentOf,
  ledgerOf,
  pay,
  recordPayment,
  stockOf,
} from '../support/storefront.js';

type Kind = 'created' | 'processing' | 'payment_failed' | 'succeeded';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  // Every event in this file is made by hand, so that its time and its turn are known.
  const [secret] = api.config.STRIPE_WEBHOOK_SECRET;
  await controlSandbox(api, '/webhooks', { url: `${api.url}/v1/webhooks/stripe`, secret, mode: 'drop' });
});

afterEach(() => expectInvariants(api.database));

afterAll(() => api.close());

/** An order of 2 units, out of 5 where no product is given. */
async function orderOf(body: object = {}, given?: string) {
  const product = given ?? (await stockedProduct(api, { unitPrice: 2_500, onHand: 5 }));
  const buyer = api.customer();
  const { body: answer } = await buyCart(buyer, [{ product_id: product, quantity: 2 }], body);
  const id: string = answer.id ?? answer.order_id;
  return { product, buyer, id, intent: await intentOf(api, id), secret: String(answer.payment?.client_secret) };
}

const stateOf = async (id: string) => {
  const { body } = await api.admin().get(`/v1/admin/orders/${id}`).expect(200);
  return [body.status, body.payment_status];
};

async function timesPaid(id: string): Promise<number | undefined> {
  const [row] = await api.database.query<{ count: number }>(
    "SELECT count(*) AS count FROM audit_entries WHERE order_id = $1 AND event_type = 'order_paid'",
    [id],
  );
  return row?.count;
}

/** Delivers events and works on them in this order, then looks at what they made doubtful. */
async function tell(events: readonly StripeEvent[]): Promise<void> {
  for (const event of events) await deliver(api, event).expect(200);
  await workAll(api);
}

function permutations<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [[...things]];
  return things.flatMap((first, at) => permutations(things.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

const ALL: readonly Kind[] = ['created', 'processing', 'payment_failed', 'succeeded'];
const ORDERS = permutations(ALL);

/** Seconds after the checkout at which each event is said to have happened. */
const CONSISTENT: Readonly<Record<Kind, number>> = { created: 1, processing: 2, payment_failed: 3, succeeded: 4 };
const SWAPPED: Readonly<Record<Kind, number>> = { ...CONSISTENT, payment_failed: 4, succeeded: 3 };
const LAST_PROCESSING: Readonly<Record<Kind, number>> = { ...CONSISTENT, processing: 5 };
const ONE_SECOND: Readonly<Record<Kind, number>> = { created: 1, processing: 1, payment_failed: 1, succeeded: 1 };

/** Delivers each event under one id, as Stripe repeats what was not acknowledged, or as an event of its own. */
type Way = (kinds: readonly Kind[], make: (kind: Kind) => StripeEvent) => StripeEvent[];

const once: Way = (kinds, make) => kinds.map(make);
const eachTwice: Way = (kinds, make) => once(kinds, make).flatMap((event) => [event, event]);
const againBackwards: Way = (kinds, make) => once([...kinds, ...[...kinds].reverse()], make);

const WAYS = [
  ['once', once],
  ['each twice', eachTwice],
  ['all of it again, backwards and under other ids', againBackwards],
] as const;

const TIMES = [
  ['as it was', CONSISTENT, WAYS],
  ['the decline after the success', SWAPPED, WAYS],
  ['the processing at the end', LAST_PROCESSING, WAYS.slice(0, 1)],
  ['all in one second', ONE_SECOND, WAYS.slice(0, 1)],
] as const;

//
describe('four events of one intent that ended in captured money', () => {
  const CASES = TIMES.flatMap(([when, times, ways]) => ways.map(([how, way]) => [when, how, times, way] as const));

  it.each(CASES)(
    'pay the order in each of 24 orders (times: %s; delivered: %s)',
    async (_when, _how, times, way) => {
      expect(ORDERS).toHaveLength(24);
      const base = nowSeconds() + 1;
      const product = await stockedProduct(api, { onHand: 100 });
      const ends: unknown[] = [];
      for (const order of ORDERS) {
        const { id, intent, secret } = await orderOf({}, product);
        await confirmAsClient(api, secret, 'pm_card_visa');
        await tell(way(order, (kind) => intentEvent(intent, kind, base + times[kind])));

        ends.push([order, await stateOf(id), await timesPaid(id)]);
      }
      expect(ends).toEqual(ORDERS.map((order) => [order, ['paid', 'paid'], 1]));
      expect(await stockOf(api, product)).toEqual([52, 0]);
    },
    120_000,
  );
});

//
describe('a decline and a success of one intent', () => {
  it.each([
    ['decline, then success', ['payment_failed', 'succeeded'], CONSISTENT, ['paid', 'paid']],
    ['success, then decline', ['succeeded', 'payment_failed'], CONSISTENT, ['paid', 'paid']],
    ['success, then a later decline', ['succeeded', 'payment_failed'], SWAPPED, ['paid', 'paid']],
    ['a later decline, then the success', ['payment_failed', 'succeeded'], SWAPPED, ['payment_failed', 'failed']],
  ] as const)(
    'end with the latest by event time, where Stripe has no money (%s)',
    async (_, kinds, times, expected) => {
      const base = nowSeconds() + 1;
      const { id, intent, secret } = await orderOf();
      await confirmAsClient(api, secret, 'pm_card_chargeDeclined');

      await tell(kinds.map((kind) => intentEvent(intent, kind, base + times[kind])));

      expect(await stateOf(id)).toEqual(expected);
    },
  );

  it('make us ask Stripe once, and no more after that', async () => {
    const base = nowSeconds() + 1;
    const { id, intent, secret } = await orderOf();
    await confirmAsClient(api, secret, 'pm_card_chargeDeclined');
    const asked = async () => (await ledgerOf(api)).calls['GET /v1/payment_intents/:id'] ?? 0;
    const before = await asked();

    await tell([intentEvent(intent, 'payment_failed', base + 4), intentEvent(intent, 'succeeded', base + 3)]);
    await passTime(api);
    await workAll(api);

    expect(await asked()).toBe(before + 1);
    expect(await api.database.query('SELECT next_check_at FROM payments WHERE order_id = $1', [id])).toEqual([
      { next_check_at: null },
    ]);
  });

  it('keep the money also when Stripe cannot be asked at first', async () => {
    const base = nowSeconds() + 1;
    const { id, intent, secret } = await orderOf();
    await confirmAsClient(api, secret, 'pm_card_visa');
    await armFault(api, { kind: 'error_before', status: 503, match: { method: 'GET', path: '/v1/payment_intents' } });

    await tell([intentEvent(intent, 'payment_failed', base + 4), intentEvent(intent, 'succeeded', base + 3)]);

    expect(await stateOf(id)).toEqual(['payment_failed', 'failed']);
    await api.database.query('UPDATE payments SET next_check_at = now() WHERE order_id = $1', [id]);
    await workAll(api);
    expect(await stateOf(id)).toEqual(['paid', 'paid']);
  });
});

describe('events of a payment that comes to nothing', () => {
  const kinds: readonly Kind[] = ['created', 'processing', 'payment_failed'];

  it.each(permutations(kinds).map((order) => [order]))('give the stock back (%j)', async (order) => {
    const base = nowSeconds() + 1;
    const { id, intent, product, buyer, secret } = await orderOf();
    await confirmAsClient(api, secret, 'pm_card_chargeDeclined');

    await tell(order.map((kind) => intentEvent(intent, kind, base + CONSISTENT[kind])));

    expect(await stateOf(id)).toEqual(['payment_failed', 'failed']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await cartOf(buyer)).toEqual([[product, 2]]);
  });

  it('never touch a paid order', async () => {
    const { id, intent } = await orderOf({ payment_method: 'pm_card_visa' });
    const later = nowSeconds() + 100;

    await tell([
      intentEvent(intent, 'payment_failed', later),
      intentEvent(intent, 'processing', later),
      intentEvent(intent, 'canceled', later),
    ]);

    expect(await stateOf(id)).toEqual(['paid', 'paid']);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_paid']);
  });
});

describe('news of an earlier try', () => {
  /** Runs `meanwhile` while the call to Stripe is held up and its attempt is on record. */
  async function duringCall<T>(
    path: string,
    call: () => Promise<T>,
    orderId: string,
    meanwhile: () => Promise<unknown>,
  ) {
    await armFault(api, { kind: 'delay', delay_ms: 1_500, match: { method: 'POST', path } });
    const answer = call();
    await eventually(async () => {
      const open = await api.database.query(
        `SELECT a.id FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
         WHERE p.order_id = $1 AND a.outcome = 'unknown'`,
        [orderId],
      );
      expect(open).toHaveLength(1);
    });
    await meanwhile();
    return answer;
  }

  it('does not fail an order that is just being paid with another card', async () => {
    const { id, intent, buyer, product } = await orderOf({ payment_method: 'pm_card_chargeDeclined' });

    const answer = await duringCall(
      `/v1/payment_intents/${intent.id}/confirm`,
      async () => pay(buyer, id, { payment_method: 'pm_card_visa' }),
      id,
      async () => {
        await tell([
          intentEvent(intent, 'payment_failed'),
          intentEvent(intent, 'payment_failed', nowSeconds() + 2),
          intentEvent(intent, 'created'),
        ]);
        expect(await stateOf(id)).toEqual(['payment_failed', 'processing']);
        expect(await stockOf(api, product)).toEqual([5, 2]);
      },
    );

    expect([answer.status, answer.body.status]).toEqual([200, 'paid']);
    expect(await eventTypes(api, id)).toEqual([
      'order_created',
      'order_payment_failed',
      'order_payment_updated',
      'order_paid',
    ]);
  });

  it('of a retry in progress still counts where it is captured money', async () => {
    const { id, intent, buyer } = await orderOf({ payment_method: 'pm_card_chargeDeclined' });

    const answer = await duringCall(
      `/v1/payment_intents/${intent.id}/confirm`,
      async () => pay(buyer, id, { payment_method: 'pm_card_visa' }),
      id,
      async () => {
        await tell([intentEvent(intent, 'succeeded', nowSeconds() + 1)]);
        expect(await stateOf(id)).toEqual(['paid', 'paid']);
      },
    );

    expect([answer.status, answer.body.status]).toEqual([200, 'paid']);
    expect((await eventTypes(api, id)).filter((type) => type === 'order_paid')).toHaveLength(1);
  });

  it('does not turn a cancellation into a failed payment', async () => {
    const { id, intent, buyer, product } = await orderOf();

    const answer = await duringCall(
      `/v1/payment_intents/${intent.id}/cancel`,
      async () => cancel(buyer, id, { reason: 'changed my mind' }),
      id,
      () => tell([intentEvent(intent, 'payment_failed', nowSeconds() + 1)]),
    );

    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_cancelled']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });

  it('that the intent is gone completes a cancellation whose answer is still awaited', async () => {
    const { id, intent, buyer, product } = await orderOf();

    const answer = await duringCall(
      `/v1/payment_intents/${intent.id}/cancel`,
      async () => cancel(buyer, id, { reason: 'changed my mind' }),
      id,
      () => tell([intentEvent(intent, 'canceled')]),
    );

    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      event_type: 'order_cancelled',
      actor_id: 'system:stripe',
      new_state: { cancel_reason: 'changed my mind' },
    });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });
});

describe('late money', () => {
  it('on an order that was given up goes back by itself', async () => {
    const { id, intent, buyer, product, secret } = await orderOf();
    await confirmAsClient(api, secret, 'pm_card_visa');
    await api.database.query("UPDATE payments SET status = 'canceled' WHERE order_id = $1", [id]);
    await cancel(buyer, id).expect(200);
    await api.database.query("UPDATE payments SET status = 'pending' WHERE order_id = $1", [id]);

    await tell([intentEvent(intent, 'succeeded')]);

    expect(await stateOf(id)).toEqual(['cancelled', 'unpaid']);
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await api.database.query('SELECT amount, reason FROM refunds WHERE order_id = $1', [id])).toEqual([
      { amount: 5_649, reason: 'paid_after_cancellation' },
    ]);
  });

  it('on an order that is paid another way is not overlooked', async () => {
    const { id, intent, buyer, secret } = await orderOf({ payment_method: 'pm_card_chargeDeclined' });
    const other = await buyer.post(
      '/v1/payments',
      { amount: 5_649, currency: 'usd', payment_method: 'pm_card_visa' },
      { idempotencyKey: 'other' },
    );
    expect(other.status).toBe(201);
    await recordPayment(buyer, id, other.body.id).expect(200);
    await confirmAsClient(api, secret, 'pm_card_visa');

    const event = intentEvent(intent, 'succeeded', nowSeconds() + 1);
    await tell([event]);

    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'processed', last_error: null });
    expect(await stateOf(id)).toEqual(['paid', 'review']);
  });

  it('of another amount is for a person to look at', async () => {
    const { id, intent } = await orderOf();

    await tell([intentEvent({ ...intent, amount: intent.amount - 1 }, 'succeeded')]);

    expect(await stateOf(id)).toEqual(['created', 'review']);
  });
});

describe('a charge without an order', () => {
  it('is settled by webhook, whoever hears of it first', async () => {
    const buyer = api.customer();
    const standalone = { amount: 700, currency: 'usd', payment_method: 'pm_usBankAccount_processing' };
    const { body } = await buyer.post('/v1/payments', standalone, { idempotencyKey: 'debit' }).expect(201);
    expect(body.status).toBe('processing');
    const [row] = await api.database.query<{ provider_payment_id: string }>(
      'SELECT provider_payment_id FROM payments WHERE id = $1',
      [body.id],
    );
    const intent = {
      id: row?.provider_payment_id ?? '',
      amount: 700,
      currency: 'usd',
      metadata: { payment_id: body.id },
    };

    await tell([
      intentEvent(intent, 'succeeded', nowSeconds() + 1),
      intentEvent(intent, 'payment_failed', nowSeconds() + 2),
    ]);

    expect((await api.admin().get(`/v1/admin/payments/${body.id}`)).body).toMatchObject({
      status: 'succeeded',
      order_id: null,
    });
  });
});

describe('an intent whose making we never heard of', () => {
  it('is known by our id in its metadata', async () => {
    await armFault(api, { kind: 'conflict', match: { method: 'POST', path: '/v1/payment_intents' } });
    const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
    const buyer = api.customer();
    const { body } = await buyCart(buyer, [{ product_id: product, quantity: 2 }], { payment_method: 'pm_card_visa' });
    expect([body.status, body.payment_status]).toEqual(['created', 'processing']);
    const [payment] = await api.database.query<{ id: string; amount: number }>(
      'SELECT id, amount FROM payments WHERE order_id = $1 AND provider_payment_id IS NULL',
      [body.id],
    );
    const intent = {
      id: `pi_lost_${body.number}`,
      amount: payment?.amount ?? 0,
      currency: 'usd',
      metadata: { payment_id: payment?.id ?? '' },
    };

    await deliver(api, intentEvent(intent, 'created')).expect(200);
    await workInbox(api);
    expect(await stateOf(body.id)).toEqual(['created', 'processing']);
    await deliver(api, intentEvent(intent, 'succeeded')).expect(200);
    await workInbox(api);

    expect(await stateOf(body.id)).toEqual(['paid', 'paid']);
    expect((await api.admin().get(`/v1/admin/payments/${payment?.id}`)).body.provider_payment_id).toBe(intent.id);
  });
});
