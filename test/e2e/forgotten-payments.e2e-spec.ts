import pg from 'pg';
import { ReturnForgottenPayments } from '../../src/refunds/use-cases/return-forgotten-payments.use-case.js';
import type { ApiClient } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { intentEvent, deliver, workInbox } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { expectRefundsAgree, passRefundTime, sweepRefunds } from '../support/refunding.js';
import { stockedProduct } from '../support/shop.js';
import { controlSandbox, freshKey, ledgerOf, order, recordPayment, stockOf } from '../support/storefront.js';

const AMOUNT = 2_500;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterEach(() => expectInvariants(api.database));

afterAll(async () => {
  try {
    await expectRefundsAgree(api);
  } finally {
    await api.close();
  }
});

const forget = (): Promise<number> => api.app.get(ReturnForgottenPayments, { strict: false }).execute();

/** A charge of 25.00 that belongs to no order. */
async function standalone(buyer: ApiClient, paymentMethod = 'pm_card_visa'): Promise<string> {
  const body = { amount: AMOUNT, currency: 'usd', payment_method: paymentMethod };
  const { body: payment } = await buyer.post('/v1/payments', body, { idempotencyKey: freshKey() });
  return payment.id ?? payment.payment_id;
}

/** Makes the last thing that happened to payments lie so many seconds back. */
async function age(seconds: number, ...ids: readonly string[]): Promise<void> {
  await api.database.query(
    `UPDATE payments SET created_at = now() - make_interval(secs => $1), updated_at = now() - make_interval(secs => $1)
     WHERE id = ANY($2)`,
    [seconds, ids],
  );
}

const TTL = 86_400;

interface ReturnedMoney {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly external: boolean;
}

/** The refunds of a payment, oldest first. */
function refundsOf(paymentId: string): Promise<ReturnedMoney[]> {
  return api.database.query<ReturnedMoney>(
    'SELECT id, amount, status, "external" FROM refunds WHERE payment_id = $1 ORDER BY id',
    [paymentId],
  );
}

async function intentIdOf(paymentId: string): Promise<string> {
  return (await api.admin().get(`/v1/admin/payments/${paymentId}`).expect(200)).body.provider_payment_id;
}

/** An order of 25.00 that waits for its money. */
async function waitingOrder(buyer: ApiClient) {
  const product = await stockedProduct(api, { unitPrice: AMOUNT, onHand: 3 });
  const { body } = await order(buyer, [{ product_id: product, quantity: 1 }]).expect(201);
  return { id: String(body.id), product };
}

describe('a payment that nobody attached', () => {
  it('goes back when its time is over, once, however many look for it', async () => {
    const payment = await standalone(api.customer());
    await age(TTL - 60, payment);
    expect(await forget()).toBe(0);
    await age(TTL + 1, payment);

    await Promise.all([forget(), forget(), forget()]);
    await Promise.all([sweepRefunds(api), sweepRefunds(api)]);

    expect(await refundsOf(payment)).toMatchObject([{ amount: AMOUNT, status: 'succeeded', external: false }]);
    expect((await ledgerOf(api)).charges.find((charge) => charge.payment_id === payment)).toMatchObject({
      captured: AMOUNT,
      refunded: AMOUNT,
    });
    const { body } = await api.admin().get('/v1/admin/refunds?limit=1').expect(200);
    expect(body.refunds).toMatchObject([{ order_id: null, reason: 'payment_not_attached', items: [], restock: false }]);
    expect(await forget()).toBe(0);
  });

  it('stays where it was attached, was declined or is on its way', async () => {
    const buyer = api.customer();
    const attached = await standalone(buyer);
    await recordPayment(buyer, (await waitingOrder(buyer)).id, attached).expect(200);
    const declined = await standalone(buyer, 'pm_card_chargeDeclined');
    const moving = await standalone(buyer, 'pm_usBankAccount_processing');
    await age(2 * TTL, attached, declined, moving);

    expect(await forget()).toBe(0);

    expect(await Promise.all([attached, declined, moving].map(refundsOf))).toEqual([[], [], []]);
  });

  it('has its whole time from when the money came, not from when the bank was asked', async () => {
    const buyer = api.customer();
    const payment = await standalone(buyer, 'pm_usBankAccount_processing');
    await age(5 * TTL, payment);
    const intent = {
      id: await intentIdOf(payment),
      amount: AMOUNT,
      currency: 'usd',
      metadata: { payment_id: payment },
    };
    await controlSandbox(api, `/payment_intents/${intent.id}/processing`, { outcome: 'succeed' });
    await deliver(api, intentEvent(intent, 'succeeded')).expect(200);
    await workInbox(api);

    expect(await forget()).toBe(0);
    const { id } = await waitingOrder(buyer);
    await recordPayment(buyer, id, payment).expect(200);

    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({
      status: 'paid',
      payment_transaction_id: payment,
    });
  });

  it('of which a part went back in the dashboard gives the rest', async () => {
    const payment = await standalone(api.customer());
    await controlSandbox(api, '/refunds', { payment_intent: await intentIdOf(payment), amount: 400 });
    await workInboxUntilBooked(payment);
    await age(TTL + 1, payment);

    await forget();
    await sweepRefunds(api);

    expect(await refundsOf(payment)).toMatchObject([
      { amount: 400, external: true, status: 'succeeded' },
      { amount: AMOUNT - 400, external: false, status: 'succeeded' },
    ]);
  });

  it('whose refund Stripe refuses is not given back again and again; an admin may try', async () => {
    const payment = await standalone(api.customer());
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', {
      payment_intent: await intentIdOf(payment),
    });
    await age(TTL + 1, payment);
    await forget();
    await sweepRefunds(api);
    expect(await refundsOf(payment)).toMatchObject([{ status: 'failed' }]);
    await age(TTL + 1, payment);

    expect(await forget()).toBe(0);

    const [refused] = await refundsOf(payment);
    expect(await refundsOf(payment)).toHaveLength(1);
    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    await api.admin().post(`/v1/admin/refunds/${refused?.id}/retry`).expect(202);
    await sweepRefunds(api);
    expect(await refundsOf(payment)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('does not wait for another that cannot be given back just now', async () => {
    const [stuck, free] = [await standalone(api.customer()), await standalone(api.customer())];
    await age(TTL + 60, stuck);
    await age(TTL + 1, free);
    const somebody = new pg.Client({ connectionString: api.database.url });
    await somebody.connect();
    try {
      await somebody.query('BEGIN');
      await somebody.query('SELECT FROM payments WHERE id = $1 FOR UPDATE', [stuck]);
      await forget();
    } finally {
      await somebody.end();
    }

    expect([(await refundsOf(stuck)).length, (await refundsOf(free)).length]).toEqual([0, 1]);
    await forget();
    expect([(await refundsOf(stuck)).length, (await refundsOf(free)).length]).toEqual([1, 1]);
    await sweepRefunds(api);
  });
});

describe('a payment that goes back', () => {
  it.each(['requested', 'succeeded'])('pays no order any more, once its refund is %s', async (status) => {
    const buyer = api.customer();
    const payment = await standalone(buyer);
    const { id, product } = await waitingOrder(buyer);
    await age(TTL + 1, payment);
    await forget();
    if (status === 'succeeded') await sweepRefunds(api);
    expect(await refundsOf(payment)).toMatchObject([{ status }]);

    const answer = await recordPayment(buyer, id, payment);

    expect([answer.status, answer.body.code]).toEqual([422, 'payment_mismatch']);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'created', payment_status: 'unpaid' });
    expect(await stockOf(api, product)).toEqual([3, 1]);
    await sweepRefunds(api);
  });

  it('pays no order in part either', async () => {
    const buyer = api.customer();
    const payment = await standalone(buyer);
    await controlSandbox(api, '/refunds', { payment_intent: await intentIdOf(payment), amount: 1 });
    await workInboxUntilBooked(payment);
    const { id } = await waitingOrder(buyer);

    const answer = await recordPayment(buyer, id, payment);

    expect([answer.status, answer.body.code]).toEqual([422, 'payment_mismatch']);
  });

  it('at the moment when it is attached does one of both', async () => {
    const buyers = Array.from({ length: 6 }, () => api.customer());
    const payments = await Promise.all(buyers.map((buyer) => standalone(buyer)));
    const orders = await Promise.all(buyers.map((buyer) => waitingOrder(buyer)));
    await age(TTL + 1, ...payments);

    const [, ...answers] = await Promise.all([
      forget(),
      ...buyers.map((buyer, at) => recordPayment(buyer, orders[at]?.id ?? '', payments[at])),
    ]);
    await sweepRefunds(api);

    const refunds = await Promise.all(payments.map(refundsOf));
    const ends = answers.map(({ status }, at) => [status, refunds[at]?.map((refund) => refund.status)]);
    for (const end of ends) {
      expect([
        [200, []],
        [422, ['succeeded']],
      ]).toContainEqual(end);
    }
  });

  it('and stays in the end may be attached; its refund cannot be tried again after that', async () => {
    const buyer = api.customer();
    const payment = await standalone(buyer);
    const dispute = await controlSandbox<{ id: string }>(api, '/disputes', {
      payment_intent: await intentIdOf(payment),
    });
    await age(TTL + 1, payment);
    await forget();
    await sweepRefunds(api);
    await controlSandbox(api, `/disputes/${dispute.id}`, { status: 'won' });
    const { id } = await waitingOrder(buyer);
    await recordPayment(buyer, id, payment).expect(200);
    const [refused] = await refundsOf(payment);

    const retried = await api.admin().post(`/v1/admin/refunds/${refused?.id}/retry`);

    expect([retried.status, retried.body.code]).toEqual([400, 'refund_not_retryable']);
    await passRefundTime(api);
    await sweepRefunds(api);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toMatchObject({ status: 'paid', refunded_amount: 0 });
  });
});

/** Works on what the sandbox sends until the refund from the dashboard is in the books. */
async function workInboxUntilBooked(paymentId: string): Promise<void> {
  await controlSandbox(api, '/webhooks/flush', {});
  await workInbox(api);
  expect(await refundsOf(paymentId)).toMatchObject([{ external: true }]);
}
