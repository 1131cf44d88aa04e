import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { armFault, everything, freshKey, ledgerOf } from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
afterAll(() => api.close());

const BODY = { amount: 6_250, currency: 'usd', payment_method: 'pm_card_visa' };
const PAYMENT_ID = expect.stringMatching(/^pay_[0-7][0-9a-hjkmnp-tv-z]{25}$/);

const charge = (caller: ApiClient, body: object = {}, idempotencyKey = freshKey()) =>
  caller.post('/v1/payments', { ...BODY, ...body }, { idempotencyKey });
const chargesOfPayment = async (id: string) => (await ledgerOf(api)).charges.filter((each) => each.payment_id === id);
const storedPayments = (customerId: string) =>
  api.database.query('SELECT id, status, decline_code FROM payments WHERE customer_id = $1 ORDER BY id', [customerId]);

describe('a payment without an order', () => {
  it('is charged at once and belongs to no order yet', async () => {
    const buyer = api.customer();

    const answer = await charge(buyer);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: PAYMENT_ID,
      transaction_id: answer.body.id,
      status: 'succeeded',
      amount: 6_250,
      currency: 'usd',
      created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
    });
    expect(await chargesOfPayment(answer.body.id)).toMatchObject([
      { amount: 6_250, captured: 6_250, currency: 'usd', status: 'succeeded', order_id: null },
    ]);
    const { body } = await api.admin().get(`/v1/admin/payments/${answer.body.id}`).expect(200);
    expect(body).toEqual({
      ...{ id: answer.body.id, order_id: null, status: 'succeeded', amount: 6_250, currency: 'usd' },
      ...{ provider: 'stripe', provider_payment_id: expect.stringMatching(/^pi_/) },
      created_at: answer.body.created_at,
    });
  });

  it('takes the currency in either case', async () => {
    const answer = await charge(api.customer(), { currency: 'EUR' });

    expect(answer.status).toBe(201);
    expect(answer.body.currency).toBe('eur');
  });

  it('is refused with the reason of the bank, and nothing was taken', async () => {
    const buyer = api.customer();

    const answer = await charge(buyer, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' });

    expect(answer.status).toBe(402);
    expect(answer.body).toMatchObject({
      code: 'payment_failed',
      payment_id: PAYMENT_ID,
      decline_code: 'insufficient_funds',
    });
    expect(await storedPayments(buyer.id)).toEqual([
      { id: answer.body.payment_id, status: 'failed', decline_code: 'insufficient_funds' },
    ]);
    expect(await chargesOfPayment(answer.body.payment_id)).toMatchObject([{ captured: 0, status: 'failed' }]);
  });

  it.each<[string, object]>([
    ...[0, -1, 1.5, '6250', 1e21, 2 ** 53, 100_000_000, null].map((amount): [string, object] => ['amount', { amount }]),
    ['amount', { amount: undefined }],
    ...['', 'dollar', 'xyz', 840, null].map((currency): [string, object] => ['currency', { currency }]),
    ['payment_method', { payment_method: undefined }],
    ['payment_method', { payment_method: 'tok_visa' }],
    ['order_id', { order_id: 'ord_1' }],
    ['status', { status: 'succeeded' }],
    ['customer_id', { customer_id: 'somebody-else' }],
  ])('is refused for a wrong %s: %j', async (field, body) => {
    const before = await everything(api);

    const answer = await charge(api.customer(), body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });

  it('needs a customer', async () => {
    const answer = await api.http.post('/v1/payments').set('Idempotency-Key', freshKey()).send(BODY);

    expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
  });
});

describe('the key of a payment', () => {
  //
  it('makes a repeat answer the same and charge nothing', async () => {
    const buyer = api.customer();
    const key = freshKey();

    const first = await charge(buyer, {}, key);
    const calls = (await ledgerOf(api)).calls;
    const again = await charge(buyer, {}, key);

    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await ledgerOf(api)).calls).toEqual(calls);
  });

  //
  it('remembers a refusal too', async () => {
    const buyer = api.customer();
    const key = freshKey();

    const first = await charge(buyer, { payment_method: 'pm_card_chargeDeclined' }, key);
    const before = await everything(api);
    const again = await charge(buyer, { payment_method: 'pm_card_chargeDeclined' }, key);

    expect(again.status).toBe(402);
    expect(again.text).toBe(first.text);
    expect(await everything(api)).toEqual(before);
  });

  //
  it('may stand in the body, and is the same key there', async () => {
    const buyer = api.customer();
    const key = freshKey();
    const body = { ...BODY, idempotency_key: key };

    const first = await buyer.post('/v1/payments', body);
    const again = await buyer.post('/v1/payments', body, { idempotencyKey: key });
    const different = await buyer.post('/v1/payments', body, { idempotencyKey: freshKey() });

    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(different.status).toBe(422);
    expect(different.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'idempotency_key' }] });
  });
});

describe('a payment whose outcome is not known yet', () => {
  it('is settled by the job once the network has answered', async () => {
    const buyer = api.customer();
    const { body: created } = await charge(buyer, { payment_method: 'pm_usBankAccount_processing' });
    const [charged] = await chargesOfPayment(created.id);
    await fetch(`${api.sandbox?.url}/_sandbox/payment_intents/${charged?.payment_intent}/processing`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ outcome: 'succeed' }),
      signal: AbortSignal.timeout(5_000),
    });

    await api.app.get(SettlePayments, { strict: false }).settle(created.id);

    expect(created.status).toBe('processing');
    expect(await storedPayments(buyer.id)).toMatchObject([{ id: created.id, status: 'succeeded' }]);
  });

  it('is found out with the same key where the answer was lost, and charged once', async () => {
    const buyer = api.customer();
    await armFault(api, { kind: 'error_after', status: 500, replay: 'result', match: { path: '/v1/payment_intents' } });

    const answer = await charge(buyer);
    await api.app.get(SettlePayments, { strict: false }).settle(answer.body.id);

    expect(answer.status).toBe(201);
    expect(answer.body.status).toBe('processing');
    expect(await storedPayments(buyer.id)).toMatchObject([{ status: 'succeeded' }]);
    expect(await chargesOfPayment(answer.body.id)).toHaveLength(1);
  });
});

describe('payments for the admin', () => {
  it('come newest first, in pages', async () => {
    const { body: older } = await charge(api.customer());
    const { body: newer } = await charge(api.customer());

    const first = await api.admin().get('/v1/admin/payments?limit=1');
    const second = await api.admin().get(`/v1/admin/payments?limit=1&starting_after=${newer.id}`);
    const unknown = await api.admin().get('/v1/admin/payments/pay_1');

    expect(first.body).toMatchObject({ payments: [{ id: newer.id }], limit: 1, offset: 0, has_more: true });
    expect(second.body.payments).toMatchObject([{ id: older.id }]);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'payment_not_found']);
  });
});
