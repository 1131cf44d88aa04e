import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct } from '../support/shop.js';
import { auditOf, buyCart, cancel, freshKey, order, pay } from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
beforeEach(() => api.logs.clear());
afterAll(() => api.close());

const VISA = { payment_method: 'pm_card_visa' };
const TOTAL = 6_250;

async function lines() {
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250 });
  return [
    { product_id: mug, quantity: 2 },
    { product_id: plate, quantity: 1 },
  ];
}

//
describe('the audit trail of an order', () => {
  it('tells who did what when, with the states before and after', async () => {
    const buyer = api.customer();
    const { body: created } = await order(buyer, await lines(), VISA);
    const admin = api.admin('warehouse');
    await admin.post(`/v1/admin/orders/${created.id}/fulfill`).expect(200);
    await admin.post(`/v1/admin/orders/${created.id}/archive`).expect(200);

    const answer = await api.admin().get(`/v1/admin/orders/${created.id}/audit`);

    const state = {
      ...{ disputed: false, total: TOTAL, currency: 'usd', refunded_amount: 0, cancel_reason: null },
    };
    const placed = {
      ...state,
      ...{ status: 'created', payment_status: 'processing', fulfillment_status: 'unfulfilled' },
      ...{ payment_transaction_id: null, version: 1 },
    };
    const paid = {
      ...placed,
      ...{ status: 'paid', payment_status: 'paid', payment_transaction_id: created.payment.id, version: 2 },
    };
    const fulfilled = { ...paid, status: 'fulfilled', fulfillment_status: 'shipped', version: 3 };
    const archived = { ...fulfilled, status: 'archived', version: 4 };
    const entry = (event_type: string, actor_id: string, previous_state: object | null, new_state: object) => ({
      id: expect.stringMatching(/^aud_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
      order_id: created.id,
      ...{ actor_id, event_type, previous_state, new_state },
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      entries: [
        entry('order_created', buyer.id, null, placed),
        entry('order_paid', buyer.id, placed, paid),
        entry('order_fulfilled', 'warehouse', paid, fulfilled),
        entry('order_archived', 'warehouse', fulfilled, archived),
      ],
      ...{ total_count: 4, limit: 20, offset: 0, has_more: false },
    });
    const times = answer.body.entries.map(({ timestamp }: { timestamp: string }) => timestamp);
    expect(times).toEqual([...times].sort());
  });

  it('comes in pages, oldest first', async () => {
    const buyer = api.customer();
    const { body } = await order(buyer, await lines(), VISA);
    for (let attempt = 0; attempt < 3; attempt += 1) await pay(buyer, body.id, VISA).expect(400);
    const all = (await auditOf(api, body.id)).map(({ id }) => id);
    const path = `/v1/admin/orders/${body.id}/audit`;

    const first = await api.admin().get(`${path}?limit=2`);
    const second = await api.admin().get(`${path}?limit=2&offset=2`);
    const last = await api.admin().get(`${path}?limit=2&starting_after=${String(all[3])}`);

    const idsOf = (answer: typeof first) => answer.body.entries.map(({ id }: { id: string }) => id);
    expect(all).toHaveLength(5);
    expect([idsOf(first), idsOf(second), idsOf(last)]).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
    expect(first.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: true });
    expect(last.body).toMatchObject({ total_count: 5, has_more: false });
  });

  it('is not found for an order that does not exist', async () => {
    const answers = [
      await api.admin().get(`/v1/admin/orders/${newId('ord')}/audit`),
      await api.admin().get('/v1/admin/orders/ord_1/audit'),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'order_not_found'],
      [404, 'order_not_found'],
    ]);
  });

  it('keeps a refused attempt, which changes neither the version nor the order', async () => {
    const buyer = api.customer();
    const { body: created } = await order(buyer, await lines());
    await cancel(buyer, created.id).expect(200);
    const { body: before } = await buyer.get(`/v1/orders/${created.id}`);

    const answer = await pay(buyer, created.id, VISA);

    expect(answer.status).toBe(400);
    expect((await buyer.get(`/v1/orders/${created.id}`)).body).toEqual(before);
    expect((await auditOf(api, created.id)).at(-1)).toMatchObject({
      event_type: 'invalid_transition_attempted',
      actor_id: buyer.id,
      previous_state: { status: 'cancelled', version: 2 },
      new_state: { status: 'cancelled', requested_status: 'paid', version: 2 },
      trace_id: answer.body.trace_id,
    });
  });

  it('has one entry and one event for every version of the order, chained without a gap', async () => {
    const buyer = api.customer();
    const { body: refusal } = await order(buyer, await lines(), { payment_method: 'pm_card_chargeDeclined' });
    await pay(buyer, refusal.order_id, VISA).expect(200);
    await pay(buyer, refusal.order_id, VISA).expect(400);

    const [stored] = await api.database.query<{ version: number }>('SELECT version FROM orders WHERE id = $1', [
      refusal.order_id,
    ]);
    const entries = await api.database.query<{ previous_state: object | null; new_state: object }>(
      'SELECT version, previous_state, new_state FROM audit_entries WHERE order_id = $1 AND version IS NOT NULL ORDER BY version',
      [refusal.order_id],
    );
    const events = await api.database.query<{ version: number }>(
      'SELECT version, type FROM outbox_events WHERE aggregate_id = $1 ORDER BY version',
      [refusal.order_id],
    );

    expect(stored?.version).toBe(4);
    expect(entries.map((each) => Reflect.get(each, 'version'))).toEqual([1, 2, 3, 4]);
    expect(entries.slice(1).map(({ previous_state }) => previous_state)).toEqual(
      entries.slice(0, -1).map(({ new_state }) => new_state),
    );
    expect(events).toEqual([
      { version: 1, type: 'order.created' },
      { version: 2, type: 'order.payment_failed' },
      { version: 3, type: 'order.payment_updated' },
      { version: 4, type: 'order.paid' },
    ]);
  });

  it.each([
    ['UPDATE', `UPDATE audit_entries SET actor_id = 'nobody'`],
    ['UPDATE', `UPDATE audit_entries SET "timestamp" = now() WHERE order_id = 'ord_1' OR true`],
    ['DELETE', 'DELETE FROM audit_entries'],
    ['TRUNCATE', 'TRUNCATE audit_entries'],
    ['TRUNCATE', 'TRUNCATE audit_entries CASCADE'],
  ])('refuses %s: %s', async (operation, statement) => {
    await order(api.customer(), await lines()).expect(201);
    const all = () => api.database.query('SELECT * FROM audit_entries ORDER BY id');
    const before = await all();

    await expect(api.database.query(statement)).rejects.toMatchObject({
      message: `audit entries are immutable: ${operation} refused`,
      code: '23001',
    });

    expect(await all()).toEqual(before);
  });
});

//
describe('the log', () => {
  it('has one line for every audit entry, once it is durable', async () => {
    const buyer = api.customer();
    const { body } = await order(buyer, await lines(), VISA);
    await pay(buyer, body.id, VISA).expect(400);

    const entries = await auditOf(api, body.id);

    expect(api.logs.named('audit_entry_created').filter((line) => line['order_id'] === body.id)).toMatchObject(
      entries.map(({ id, event_type, trace_id }) => ({
        ...{ audit_id: id, order_id: body.id, event_type, actor_id: buyer.id, trace_id },
        ...{ service: 'holdfast', process: 'api', level: 30 },
      })),
    );
  });

  it('has none for an order that did not come about', async () => {
    const [line] = await lines();

    await order(api.customer(), [{ ...line, quantity: 999 }]).expect(409);

    expect(api.logs.named('audit_entry_created')).toEqual([]);
  });

  it('never has a client secret, a payment method or where the buyer lives', async () => {
    const { body } = await buyCart(api.customer(), await lines(), { payment_method: 'pm_card_authenticationRequired' });

    expect(body.payment.client_secret).toMatch(/^pi_/);
    expect(api.logs.text).not.toContain(body.payment.client_secret);
    expect(api.logs.text).not.toContain('pm_card_authenticationRequired');
    expect(api.logs.text).not.toContain('Market St');
    expect(api.logs.named('audit_entry_created').length).toBeGreaterThan(0);
  });
});

//
describe('the trace of a request', () => {
  const everywhere = async (orderId: string) => ({
    audit: (await auditOf(api, orderId)).map(({ trace_id }) => trace_id),
    outbox: (
      await api.database.query<{ trace_id: string }>('SELECT trace_id FROM outbox_events WHERE aggregate_id = $1', [
        orderId,
      ])
    ).map(({ trace_id }) => trace_id),
    log: api.logs
      .named('audit_entry_created')
      .filter((line) => line['order_id'] === orderId)
      .map((line) => line['trace_id']),
  });

  it.each([
    ['X-Trace-ID', { 'X-Trace-ID': 'checkout:42.a-B_c' }, 'checkout:42.a-B_c'],
    [
      'traceparent',
      { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      '4bf92f3577b34da6a3ce929d0e0e4736',
    ],
  ])('is taken from %s and found in the answer, the audit trail, the events and the log', async (_, headers, trace) => {
    const answer = await api
      .customer()
      .post('/v1/orders', { items: await lines(), ...VISA }, { idempotencyKey: freshKey(), headers });

    expect(answer.status).toBe(201);
    expect(answer.headers['x-trace-id']).toBe(trace);
    expect(answer.headers['x-request-id']).toMatch(/^req_/);
    expect(await everywhere(answer.body.id)).toEqual({
      audit: [trace, trace],
      outbox: [trace, trace],
      log: [trace, trace],
    });
  });

  it('is made where there is none, and is the same everywhere', async () => {
    const answer = await order(api.customer(), await lines());

    const trace = answer.headers['x-trace-id'];
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(await everywhere(answer.body.id)).toEqual({ audit: [trace], outbox: [trace], log: [trace] });
  });

  it('is told in a refusal, too', async () => {
    const buyer = api.customer();
    const { body } = await order(buyer, await lines(), VISA);

    const answer = await buyer.post(`/v1/orders/${body.id}/payments`, VISA, {
      idempotencyKey: freshKey(),
      headers: { 'X-Trace-ID': 'second-try' },
    });

    expect(answer.headers['x-trace-id']).toBe('second-try');
    expect(answer.body).toMatchObject({ code: 'order_already_paid', trace_id: 'second-try' });
    expect((await auditOf(api, body.id)).at(-1)).toMatchObject({
      event_type: 'invalid_transition_attempted',
      trace_id: 'second-try',
    });
  });
});
