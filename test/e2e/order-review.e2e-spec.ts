import { INVARIANTS } from '../../src/invariants.js';
import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { deliver, intentEvent, nowSeconds, workAll } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { askRefund, expectRefundsAgree, refundsAtStripe, sweepRefunds } from '../support/refunding.js';
import { stockedProduct } from '../support/shop.js';
import {
  armFault,
  auditOf,
  buyCart,
  callSandbox,
  cancel,
  confirmAsClient,
  controlSandbox,
  eventTypes,
  everything,
  intentOf,
  order,
  recordPayment,
  settle,
  stockOf,
} from '../support/storefront.js';

/** Two units at 25.00 and 6.49 of shipping. */
const TOTAL = 5_649;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterEach(async () => {
  await expectInvariants(api.database);
  for (const [sentence, text] of Object.entries(INVARIANTS)) {
    expect([sentence, await api.database.query(text)]).toEqual([sentence, []]);
  }
});

afterAll(async () => {
  try {
    await expectRefundsAgree(api);
  } finally {
    await api.close();
  }
});

const orderOf = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;
const review = (id: string, action: string) => api.admin('admin_bob').post(`/v1/admin/orders/${id}/review`, { action });

/** Works on all that Stripe tells until the order looks like this. */
function becomes(id: string, expected: object): Promise<void> {
  return eventually(async () => {
    await workAll(api);
    expect(await orderOf(id)).toMatchObject(expected);
  });
}

async function waitingOrder() {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 2 }]);
  return { product, buyer, id: String(body.id), secret: String(body.payment.client_secret) };
}

/** An order whose intent somebody changed at Stripe before the buyer confirmed it. */
async function paidOtherwise(amount: number) {
  const waiting = await waitingOrder();
  const { id: intent } = await intentOf(api, waiting.id);
  await callSandbox(api, `/v1/payment_intents/${intent}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_dashboard' },
    body: new URLSearchParams({ amount: String(amount) }),
  });
  await confirmAsClient(api, waiting.secret, 'pm_card_visa');
  await becomes(waiting.id, { status: 'created', payment_status: 'review' });
  return waiting;
}

/** A declined order that the buyer paid with another payment, and whose declined intent he confirmed as well. */
async function paidTwice() {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
  const buyer = api.customer();
  const { body: declined } = await buyCart(buyer, [{ product_id: product, quantity: 2 }], {
    payment_method: 'pm_card_chargeDeclined',
  });
  const id: string = declined.order_id;
  const charge = { amount: TOTAL, currency: 'usd', payment_method: 'pm_card_visa' };
  const { body: other } = await buyer.post('/v1/payments', charge, { idempotencyKey: newId('key') }).expect(201);
  await recordPayment(buyer, id, other.id).expect(200);
  const [declinedIntent] = await api.database.query<{ intent: string }>(
    'SELECT provider_payment_id AS intent FROM payments WHERE order_id = $1 AND id <> $2',
    [id, other.id],
  );
  const intent = declinedIntent?.intent ?? '';
  await callSandbox(api, `/v1/payment_intents/${intent}/confirm`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_browser' },
    body: new URLSearchParams({ payment_method: 'pm_card_mastercard' }),
  });
  await becomes(id, { status: 'paid', payment_status: 'review' });
  return { product, buyer, id, intent, paidWith: String(other.id) };
}

describe('money of another amount', () => {
  it.each([
    ['less', TOTAL - 1_000],
    ['more', TOTAL + 1_000],
  ])(
    'than was asked for (%s) is taken as it is: the order is sold, and the audit knows who said so',
    async (_, amount) => {
      const { id, product } = await paidOtherwise(amount);

      const answer = await review(id, 'accept').expect(200);

      expect(answer.body).toMatchObject({
        id,
        status: 'paid',
        payment_status: 'paid',
        total_amount: TOTAL,
        version: 3,
      });
      expect(await stockOf(api, product)).toEqual([3, 0]);
      expect((await auditOf(api, id)).slice(-2)).toMatchObject([
        { event_type: 'order_paid', actor_id: 'admin_bob', previous_state: { payment_status: 'review' } },
        {
          ...{ event_type: 'order_money_accepted', actor_id: 'admin_bob' },
          new_state: { status: 'paid', total: TOTAL, currency: 'usd', captured_amount: amount },
        },
      ]);
      const again = await review(id, 'accept');
      expect([again.status, again.body.code]).toEqual([400, 'order_not_in_review']);
      await askRefund(api, id).expect(202);
      await sweepRefunds(api);
      expect(await orderOf(id)).toMatchObject({
        ...{ status: 'refunded', payment_status: 'refunded', refunded_amount: Math.min(amount, TOTAL) },
        items: [{ refunded_quantity: 2, restocked_quantity: 2 }],
      });
      expect(await refundsAtStripe(api, id)).toMatchObject([{ amount, status: 'succeeded' }]);
      expect(await stockOf(api, product)).toEqual([5, 0]);
    },
  );

  it('that was accepted hides no other error', async () => {
    const { id } = await paidOtherwise(TOTAL - 1_000);
    await review(id, 'accept').expect(200);
    const rule = INVARIANTS['a sold order has a captured payment of its amount and currency'] ?? '';
    const damages = [
      'UPDATE payments SET captured_amount = captured_amount + 1 WHERE order_id = $1',
      `UPDATE payments SET currency = 'eur' WHERE order_id = $1`,
      'UPDATE orders SET total_amount = total_amount + 1, tax_total = tax_total + 1 WHERE id = $1',
      `UPDATE payments SET status = 'failed' WHERE order_id = $1`,
    ];
    const repairs = [
      'UPDATE payments SET captured_amount = captured_amount - 1 WHERE order_id = $1',
      `UPDATE payments SET currency = 'usd' WHERE order_id = $1`,
      'UPDATE orders SET total_amount = total_amount - 1, tax_total = tax_total - 1 WHERE id = $1',
      `UPDATE payments SET status = 'succeeded' WHERE order_id = $1`,
    ];

    for (const [at, damage] of damages.entries()) {
      await api.database.query(damage, [id]);
      const found = await api.database.query(rule);
      await api.database.query(repairs[at] ?? '', [id]);
      expect([damage, found]).toMatchObject([damage, [{ id }]]);
    }
  });

  it('is given back: the order ends, and its stock is free', async () => {
    const { id, product, buyer } = await paidOtherwise(TOTAL - 1_000);

    const answer = await review(id, 'refund').expect(200);

    expect(answer.body).toMatchObject({ status: 'cancelled', cancel_reason: 'refunded_after_review' });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    await sweepRefunds(api);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded', refunded_amount: TOTAL - 1_000 },
      items: [{ refunded_quantity: 0, restocked_quantity: 0 }],
    });
    expect(await refundsAtStripe(api, id)).toMatchObject([{ amount: TOTAL - 1_000 }]);
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });

  it('is accepted or given back, where two people decide at once', async () => {
    const { id, product } = await paidOtherwise(TOTAL + 1);

    const answers = await Promise.all([review(id, 'accept'), review(id, 'refund'), review(id, 'accept')]);
    await sweepRefunds(api);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    const accepted = (await orderOf(id)).status === 'paid';
    expect(await refundsAtStripe(api, id)).toHaveLength(accepted ? 0 : 1);
    expect(await stockOf(api, product)).toEqual(accepted ? [3, 0] : [5, 0]);
  });

  it('cannot be accepted where the stock is gone meanwhile, and stays for a person', async () => {
    const { id, product } = await paidOtherwise(TOTAL - 1_000);
    await api.database.query("UPDATE reservations SET expires_at = now() - interval '1 s' WHERE order_id = $1", [id]);
    const { ExpireReservations } = await import('../../src/checkout/use-cases/expire-reservations.use-case.js');
    await api.app.get(ExpireReservations, { strict: false }).execute();
    const rival = api.customer();
    await order(rival, [{ product_id: product, quantity: 4 }], { payment_method: 'pm_card_visa' }).expect(201);

    const answer = await review(id, 'accept');

    expect([answer.status, answer.body.code]).toEqual([409, 'order_insufficient_stock']);
    expect(answer.body.items).toMatchObject([{ product_id: product, requested: 2, available: 1 }]);
    expect(await orderOf(id)).toMatchObject({ status: 'created', payment_status: 'review' });
    await review(id, 'refund').expect(200);
    await sweepRefunds(api);
  });

  it('cannot go back past the review, for nothing was sold', async () => {
    const { id, product } = await paidOtherwise(TOTAL - 1_000);
    const before = await everything(api);

    const answers = [await askRefund(api, id), await askRefund(api, id, { amount: 1 })];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([400, 'order_not_paid']));
    expect(await everything(api)).toEqual(before);
    expect(await stockOf(api, product)).toEqual([5, 2]);
    await review(id, 'accept').expect(200);
  });

  it('that went back in the dashboard still waits for a person, who ends the order', async () => {
    const { id, product } = await paidOtherwise(TOTAL - 1_000);
    await controlSandbox(api, '/refunds', { payment_intent: (await intentOf(api, id)).id });
    await becomes(id, { status: 'created', payment_status: 'review', refunded_amount: TOTAL - 1_000 });

    const accepted = await review(id, 'accept');
    expect([accepted.status, accepted.body.code]).toEqual([400, 'order_not_paid']);
    await review(id, 'refund').expect(200);

    expect(await orderOf(id)).toMatchObject({ status: 'cancelled', refunded_amount: TOTAL - 1_000 });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await refundsAtStripe(api, id)).toHaveLength(1);
  });

  it('of which the surplus went back in the dashboard is accepted as what is left', async () => {
    const { id } = await paidOtherwise(TOTAL + 1_000);
    await controlSandbox(api, '/refunds', { payment_intent: (await intentOf(api, id)).id, amount: 1_000 });
    await becomes(id, { payment_status: 'review', refunded_amount: 1_000 });

    await review(id, 'accept').expect(200);

    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'partially_refunded' });
  });
});

describe('money of another currency', () => {
  it('cannot be accepted, only given back', async () => {
    const { id, secret } = await waitingOrder();
    const intent = await intentOf(api, id);
    await confirmAsClient(api, secret, 'pm_card_visa');
    await controlSandbox(api, '/webhooks/flush', {});
    await api.database.query("DELETE FROM webhook_events WHERE status = 'received'");
    await deliver(api, intentEvent({ ...intent, currency: 'eur' }, 'succeeded', nowSeconds() + 1)).expect(200);
    await workAll(api);
    expect(await orderOf(id)).toMatchObject({ status: 'created', payment_status: 'review' });

    const answer = await review(id, 'accept');

    expect([answer.status, answer.body.code]).toEqual([422, 'payment_mismatch']);
    expect(answer.body).toMatchObject({ payment: { currency: 'eur' }, order: { currency: 'usd' } });
    await review(id, 'refund').expect(200);
    expect(await api.database.query('SELECT amount, currency FROM refunds WHERE order_id = $1', [id])).toEqual([
      { amount: TOTAL, currency: 'eur' },
    ]);
    await sweepRefunds(api);
    // The sandbox took dollars all the while.
    await api.database.query("UPDATE refunds SET currency = 'usd' WHERE order_id = $1", [id]);
  });
});

describe('money that came twice', () => {
  it('is given back, and what the order was paid with stays', async () => {
    const { id, product, intent } = await paidTwice();

    await review(id, 'refund').expect(200);

    await sweepRefunds(api);
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid', refunded_amount: 0 });
    expect(await refundsAtStripe(api, id)).toMatchObject([{ payment_intent: intent, amount: TOTAL }]);
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });

  it('and cannot be given back asks for a person again', async () => {
    const { id, intent } = await paidTwice();
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', { payment_intent: intent });
    await review(id, 'refund').expect(200);

    await sweepRefunds(api);

    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'review', refunded_amount: 0 });
    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    await review(id, 'refund').expect(200);
    await sweepRefunds(api);
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect((await refundsAtStripe(api, id)).map(({ amount }) => amount)).toEqual([TOTAL]);
  });

  it('and goes back in the dashboard leaves the order paid', async () => {
    const { id, intent } = await paidTwice();

    await controlSandbox(api, '/refunds', { payment_intent: intent });
    await eventually(async () => {
      await workAll(api);
      expect((await api.admin().get('/v1/admin/refunds?limit=1')).body.refunds).toMatchObject([
        { external: true, order_id: null, amount: TOTAL, status: 'succeeded' },
      ]);
    });

    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'review', refunded_amount: 0 });
    await review(id, 'accept').expect(200);
    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid' });
  });

  it('is not forgotten where the order’s own money goes back', async () => {
    const { id, product, intent } = await paidTwice();
    await askRefund(api, id).expect(202);
    await sweepRefunds(api);
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', payment_status: 'review', refunded_amount: TOTAL });

    await review(id, 'refund').expect(200);
    await sweepRefunds(api);

    expect(await orderOf(id)).toMatchObject({ status: 'refunded', payment_status: 'refunded', refunded_amount: TOTAL });
    expect((await refundsAtStripe(api, id)).map((refund) => refund.payment_intent)).toContain(intent);
    expect(await refundsAtStripe(api, id)).toHaveLength(2);
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });

  it('is kept where a person says so, and the audit knows', async () => {
    const { id } = await paidTwice();

    await review(id, 'accept').expect(200);

    expect(await orderOf(id)).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      event_type: 'order_money_accepted',
      new_state: { total: TOTAL, captured_amount: 2 * TOTAL },
    });
  });
});

describe('late money of an order that was given up', () => {
  it('that Stripe does not give back asks for a person, who gives it back without any goods', async () => {
    const { id, product, buyer, secret } = await waitingOrder();
    const { id: intent } = await intentOf(api, id);
    await api.database.query("UPDATE payments SET status = 'canceled' WHERE order_id = $1", [id]);
    await cancel(buyer, id).expect(200);
    await api.database.query("UPDATE payments SET status = 'pending' WHERE order_id = $1", [id]);
    await confirmAsClient(api, secret, 'pm_card_visa');
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', { payment_intent: intent });
    await eventually(async () => {
      await workAll(api);
      expect(await api.database.query('SELECT id FROM refunds WHERE order_id = $1', [id])).toHaveLength(1);
    });
    await sweepRefunds(api);
    await becomes(id, { status: 'cancelled', payment_status: 'review', refunded_amount: 0 });

    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    const wanted = await askRefund(api, id, { items: [{ product_id: product, quantity: 1 }] });
    expect([wanted.status, wanted.body.code]).toEqual([422, 'refund_exceeds_ordered']);
    const part = await askRefund(api, id, { amount: 1_000 }).expect(202);
    expect(part.body.items).toEqual([]);
    await askRefund(api, id).expect(202);
    await sweepRefunds(api);

    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'cancelled', payment_status: 'refunded', refunded_amount: TOTAL },
      items: [{ refunded_quantity: 0, restocked_quantity: 0 }],
    });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });
});

describe('a charge that nobody could find out about in a day', () => {
  async function leftToPerson() {
    const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
    const buyer = api.customer();
    await armFault(api, { kind: 'error_before', match: { method: 'POST', path: '/v1/payment_intents' } });
    const { body } = await buyCart(buyer, [{ product_id: product, quantity: 2 }], { payment_method: 'pm_card_visa' });
    expect(body).toMatchObject({ status: 'created', payment_status: 'processing' });
    const [payment] = await api.database.query<{ id: string }>('SELECT id FROM payments WHERE order_id = $1', [
      body.id,
    ]);
    await api.database.query(
      "UPDATE payment_attempts SET created_at = now() - interval '24 hours' WHERE payment_id = $1",
      [payment?.id],
    );
    await settle(api, body.id);
    expect(await orderOf(body.id)).toMatchObject({ status: 'created', payment_status: 'review' });
    return { product, buyer, id: String(body.id), paymentId: String(payment?.id) };
  }

  it('is no money that could be accepted; given up, it frees the stock', async () => {
    const { id, product, buyer } = await leftToPerson();

    const accepted = await review(id, 'accept');
    expect([accepted.status, accepted.body.code]).toEqual([400, 'order_not_paid']);
    expect(await stockOf(api, product)).toEqual([5, 2]);
    await review(id, 'refund').expect(200);

    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'cancelled', payment_status: 'unpaid' });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await eventTypes(api, id)).toEqual(['order_created', 'order_payment_review', 'order_cancelled']);
  });

  it('goes back by itself where it turns up after all', async () => {
    const { id, product, paymentId } = await leftToPerson();
    await review(id, 'refund').expect(200);

    await callSandbox(api, '/v1/payment_intents', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_late' },
      body: new URLSearchParams({
        ...{ amount: String(TOTAL), currency: 'usd', payment_method: 'pm_card_visa', confirm: 'true' },
        ...{ 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[allow_redirects]': 'never' },
        ...{ 'metadata[payment_id]': paymentId, 'metadata[order_id]': id },
      }),
    });
    await eventually(async () => {
      await workAll(api);
      await sweepRefunds(api);
      expect(await refundsAtStripe(api, id)).toMatchObject([{ amount: TOTAL, status: 'succeeded' }]);
    });

    await becomes(id, { status: 'cancelled', payment_status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });
});

describe('a review is refused', () => {
  it('where nothing waits for one, whatever the order’s state', async () => {
    const { id: waiting, buyer } = await waitingOrder();
    const product = await stockedProduct(api);
    const lines = [{ product_id: product, quantity: 1 }];
    const { body: paid } = await order(buyer, lines, { payment_method: 'pm_card_visa' }).expect(201);
    const { body: untouched } = await order(buyer, lines).expect(201);
    const before = await everything(api);

    const answers = [];
    for (const id of [waiting, paid.id, untouched.id]) {
      for (const action of ['accept', 'refund']) answers.push(await review(id, action));
    }

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(6).fill([400, 'order_not_in_review']));
    expect(await everything(api)).toEqual(before);
  });

  it.each([[{}], [{ action: 'keep' }], [{ action: null }], [{ action: 'accept', amount: 1 }]])(
    'with %j',
    async (body) => {
      const answer = await api.admin().post(`/v1/admin/orders/${newId('ord')}/review`, body);

      expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    },
  );

  it('for an order that does not exist', async () => {
    const answers = [await review(newId('ord'), 'accept'), await review('nothing', 'refund')];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([404, 'order_not_found']));
  });
});
