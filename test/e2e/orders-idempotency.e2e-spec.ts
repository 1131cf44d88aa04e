import type request from 'supertest';
import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { eventually } from '../support/poll.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';
import {
  armFault,
  cancel,
  chargesOf,
  checkOut,
  everything,
  freshKey,
  ledgerOf,
  order,
  pay,
} from '../support/storefront.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ stripe: true });
});
beforeEach(() => api.logs.clear());
afterAll(() => api.close());

const VISA = { payment_method: 'pm_card_visa' };
const DECLINED = { payment_method: 'pm_card_chargeDeclined' };

async function someLines() {
  const mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500 });
  const plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250 });
  return [
    { product_id: mug, quantity: 2 },
    { product_id: plate, quantity: 1 },
  ];
}

/** A request that takes effect once: who sends it, where to, and another body that would be just as good. */
interface Prepared {
  readonly caller: ApiClient;
  readonly method: 'post' | 'patch';
  readonly path: string;
  readonly body: object;
  readonly otherBody: object;
}

const orderId = async (buyer: ApiClient, body: object = {}): Promise<string> =>
  (await order(buyer, await someLines(), body).expect(201)).body.id;

const ROUTES: Readonly<Record<string, () => Promise<Prepared>>> = {
  'POST /v1/orders/checkout': async () => {
    const caller = api.customer();
    await caller.put('/v1/cart', { items: await someLines() }).expect(200);
    const body = { shipping_address: US_ADDRESS, ...VISA };
    return {
      caller,
      method: 'post',
      path: '/v1/orders/checkout',
      body,
      otherBody: { ...body, email: 'b@example.com' },
    };
  },
  'POST /v1/orders': async () => {
    const [mug, plate] = await someLines();
    const body = { items: [mug, plate], ...VISA };
    return { caller: api.customer(), method: 'post', path: '/v1/orders', body, otherBody: { ...body, items: [mug] } };
  },
  'POST /v1/orders/{id}/payments': async () => {
    const caller = api.customer();
    const path = `/v1/orders/${await orderId(caller)}/payments`;
    return { caller, method: 'post', path, body: VISA, otherBody: {} };
  },
  'PATCH /v1/orders/{id}/pay': async () => {
    const path = `/v1/orders/${await orderId(api.customer(), { provider: 'manual' })}/pay`;
    const [body, otherBody] = [{ transaction_id: 'till 1' }, { transaction_id: 'till 2' }];
    return { caller: api.internal(), method: 'patch', path, body, otherBody };
  },
  'POST /v1/orders/{id}/cancel': async () => {
    const caller = api.customer();
    const path = `/v1/orders/${await orderId(caller)}/cancel`;
    return { caller, method: 'post', path, body: { reason: 'too late' }, otherBody: {} };
  },
  'POST /v1/admin/orders/{id}/cancel': async () => {
    const path = `/v1/admin/orders/${await orderId(api.customer())}/cancel`;
    return { caller: api.admin(), method: 'post', path, body: {}, otherBody: { reason: 'fraud' } };
  },
  'POST /v1/admin/orders/{id}/refunds': async () => {
    const path = `/v1/admin/orders/${await orderId(api.customer(), VISA)}/refunds`;
    return { caller: api.admin(), method: 'post', path, body: { amount: 100 }, otherBody: { amount: 200 } };
  },
  'POST /v1/payments': async () => {
    const body = { amount: 700, currency: 'usd', ...VISA };
    return { caller: api.customer(), method: 'post', path: '/v1/payments', body, otherBody: { ...body, amount: 800 } };
  },
  'POST /v1/admin/inventory/{product_id}/adjustments': async () => {
    const path = `/v1/admin/inventory/${await stockedProduct(api)}/adjustments`;
    const body = { delta: 5, reason: 'found behind the shelf' };
    return { caller: api.admin(), method: 'post', path, body, otherBody: { ...body, delta: 6 } };
  },
};

/** It takes no body, and there has to be an authorization: capture.e2e-spec.ts tries its keys. */
const ELSEWHERE = ['POST /v1/admin/orders/{id}/capture'];

function send({ caller, method, path }: Prepared, body: object, key: string | undefined): request.Test {
  return caller[method](path, body, key === undefined ? {} : { headers: { 'Idempotency-Key': key } });
}

describe('the routes that take effect once', () => {
  it('are all those whose documentation names the header', async () => {
    const { body } = await api.http.get('/openapi.json').expect(200);
    const documented: { paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>> } = body;

    const named = Object.entries(documented.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { parameters = [] }]) => parameters.some(({ name }) => name === 'Idempotency-Key'))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );

    expect(named.sort()).toEqual([...Object.keys(ROUTES), ...ELSEWHERE].sort());
  });
});

describe.each(Object.entries(ROUTES))('%s', (_, prepare) => {
  it('needs a key', async () => {
    const request = await prepare();
    const before = await everything(api);

    const answer = await send(request, request.body, undefined);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'idempotency_key_required' });
    expect(await everything(api)).toEqual(before);
  });

  it('needs one of 1 to 255 visible characters', async () => {
    const request = await prepare();
    const before = await everything(api);

    const answers: request.Response[] = [];
    for (const key of ['', '""', 'two words', 'a\tb', 'schlüssel', 'x'.repeat(256), '4242424242424242']) {
      answers.push(await send(request, request.body, key));
    }

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      answers.map(() => [400, 'idempotency_key_invalid']),
    );
    expect(await everything(api)).toEqual(before);
  });

  //
  it('answers a repeat byte for byte and does nothing more', async () => {
    const request = await prepare();
    const key = freshKey();

    const first = await send(request, request.body, key);
    const before = await everything(api);
    const again = await send(request, request.body, key);
    const quoted = await send(request, request.body, `"${key}"`);

    expect(first.status).toBeLessThan(300);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    for (const answer of [again, quoted]) {
      expect(answer.status).toBe(first.status);
      expect(answer.text).toBe(first.text);
      expect(answer.headers['content-type']).toBe(first.headers['content-type']);
      expect(answer.headers['idempotent-replayed']).toBe('true');
      expect(answer.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    }
    expect(await everything(api)).toEqual(before);
  });

  it('refuses the key of another request, and executes nothing', async () => {
    const request = await prepare();
    const key = freshKey();
    await send(request, request.body, key);
    const before = await everything(api);

    const answer = await send(request, request.otherBody, key);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await everything(api)).toEqual(before);
  });
});

//
describe('an order that is asked for twice', () => {
  it('is one order, and a line in the log says that it was repeated', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();

    const first = await order(buyer, lines, {}, key);
    const logged = api.logs.named('duplicate_order_request');
    const again = await order(buyer, lines, {}, key);

    expect(again.text).toBe(first.text);
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(1);
    expect(logged).toEqual([]);
    expect(api.logs.named('duplicate_order_request')).toMatchObject([
      { order_id: first.body.id, actor_id: buyer.id, trace_id: again.headers['x-trace-id'] },
    ]);
  });

  it('is found in Redis, and in PostgreSQL where Redis was flushed', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    const first = await order(buyer, lines, VISA, key);
    await eventually(async () => expect(await api.redis.keys('idempotency:*')).not.toEqual([]));
    const stored = await api.database.query(
      'SELECT status, response_status, subject_id FROM idempotency_keys WHERE key = $1',
      [key],
    );
    await api.redis.flushdb();
    const before = await everything(api);

    const again = await order(buyer, lines, VISA, key);

    expect(stored).toEqual([{ status: 'finished', response_status: 201, subject_id: first.body.id }]);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(api.logs.named('duplicate_order_request')).toMatchObject([{ order_id: first.body.id }]);
    expect(await everything(api)).toEqual(before);
  });

  it('is kept in Redis as long as in PostgreSQL, and never decided there', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    await api.redis.flushdb();
    const first = await order(buyer, lines, {}, key);
    await eventually(async () => expect(await api.redis.keys('idempotency:*')).toHaveLength(1));
    const [name = ''] = await api.redis.keys('idempotency:*');
    const ttl = await api.redis.ttl(name);

    const other = await order(buyer, lines.slice(1), {}, key);

    expect(ttl).toBeGreaterThan(86_390);
    expect(ttl).toBeLessThanOrEqual(86_400);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(first.status).toBe(201);
  });

  it('may have its key in the body, in the header or in both', async () => {
    const buyer = api.customer();
    const items = await someLines();
    const key = freshKey();

    const inBody = await buyer.post('/v1/orders', { items, idempotency_key: key });
    const inBoth = await buyer.post('/v1/orders', { items, idempotency_key: key }, { idempotencyKey: key });
    const different = await buyer.post('/v1/orders', { items, idempotency_key: key }, { idempotencyKey: freshKey() });

    expect(inBody.status).toBe(201);
    expect(inBoth.text).toBe(inBody.text);
    expect(different.status).toBe(422);
    expect(different.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'idempotency_key' }] });
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(1);
  });

  it.each<[unknown, number, string]>([
    ['', 400, 'idempotency_key_invalid'],
    ['two words', 400, 'idempotency_key_invalid'],
    ['x'.repeat(256), 400, 'idempotency_key_invalid'],
    [7, 422, 'validation_failed'],
    [{}, 422, 'validation_failed'],
    [null, 400, 'idempotency_key_required'],
  ])('cannot have the key %j in its body: %i %s', async (key, status, code) => {
    const items = await someLines();
    const before = await everything(api);

    const answer = await api.customer().post('/v1/orders', { items, idempotency_key: key });

    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await everything(api)).toEqual(before);
  });

  it('is the same order whatever the order of its members and its white space', async () => {
    const buyer = api.customer();
    const [mug, plate] = await someLines();
    const headers = { ...buyer.headers, 'Idempotency-Key': freshKey(), 'content-type': 'application/json' };
    const ask = (text: string) => api.http.post('/v1/orders').set(headers).send(text);

    const first = await ask(JSON.stringify({ items: [mug, plate], email: 'a@example.com' }));
    const again = await ask(
      `{ "email": "a@example.com",\n "items": [{"quantity": 2, "product_id": "${mug?.product_id}"}, ${JSON.stringify(plate)}] }`,
    );
    const swapped = await ask(JSON.stringify({ items: [plate, mug], email: 'a@example.com' }));

    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(swapped.body.code).toBe('idempotency_key_reused');
  });
});

describe('a key', () => {
  it('belongs to one caller', async () => {
    const [alice, bob] = [api.customer(), api.customer()];
    const lines = await someLines();
    const key = freshKey();

    const hers = await order(alice, lines, {}, key);
    const his = await order(bob, lines, {}, key);

    expect([hers.status, his.status]).toEqual([201, 201]);
    expect(hers.body).toMatchObject({ customer_id: alice.id });
    expect(his.body).toMatchObject({ customer_id: bob.id });
  });

  it('belongs to one route', async () => {
    const buyer = api.customer();
    const key = freshKey();

    const ordered = await order(buyer, await someLines(), {}, key);
    const paid = await pay(buyer, ordered.body.id, VISA, key);

    expect(ordered.status).toBe(201);
    expect(paid.status).toBe(200);
    expect(paid.body).toMatchObject({ status: 'paid' });
  });

  it('belongs to one order', async () => {
    const buyer = api.customer();
    const first = await orderId(buyer);
    const second = await orderId(buyer);
    const key = freshKey();
    await pay(buyer, first, VISA, key).expect(200);
    const before = await everything(api);

    const answer = await pay(buyer, second, VISA, key);

    expect([answer.status, answer.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await everything(api)).toEqual(before);
  });

  it('is used anew after its time is over', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    const first = await order(buyer, lines, {}, key);
    await api.database.query('UPDATE idempotency_keys SET expires_at = now() WHERE key = $1', [key]);
    await api.redis.flushdb();

    const second = await order(buyer, lines, {}, key);

    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('is free for the right request after a wrong one', async () => {
    const buyer = api.customer();
    const [mug, plate] = await someLines();
    const key = freshKey();

    const refused = [
      await order(buyer, [], {}, key),
      await order(buyer, [mug], { payment_method: 'none' }, key),
      await pay(buyer, newId('ord'), VISA, key),
      await api.http
        .post('/v1/orders')
        .set('Idempotency-Key', key)
        .send({ items: [mug] }),
    ];
    const answer = await order(buyer, [mug, plate], {}, key);

    expect(refused.map(({ status }) => status)).toEqual([422, 422, 404, 401]);
    expect(answer.status).toBe(201);
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(1);
  });
});

describe('a refusal', () => {
  //
  it('by the bank is remembered: the repeat gets the failed order and attempts no new payment', async () => {
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: await someLines() }).expect(200);
    const key = freshKey();
    const first = await checkOut(buyer, DECLINED, key);
    await api.redis.flushdb();
    const before = await everything(api);

    const again = await checkOut(buyer, DECLINED, key);

    expect(first.status).toBe(402);
    expect(again.status).toBe(402);
    expect(again.text).toBe(first.text);
    expect(again.body).toMatchObject({ code: 'order_payment_failed', order_id: first.body.order_id });
    expect(again.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(await everything(api)).toEqual(before);
    expect(api.logs.named('duplicate_order_request')).toMatchObject([{ order_id: first.body.order_id }]);
  });

  it.each([
    ['short stock', 409, async () => [{ product_id: await stockedProduct(api, { onHand: 1 }), quantity: 2 }]],
    ['an unknown product', 422, async () => [{ product_id: newId('prod'), quantity: 1 }]],
    ['another price', 409, async () => [{ product_id: await stockedProduct(api), quantity: 1, unit_price: 1 }]],
  ])('for %s is remembered, though the reason is gone', async (_, status, linesOf) => {
    const buyer = api.customer();
    const lines = await linesOf();
    const key = freshKey();
    const first = await order(buyer, lines, VISA, key);
    const productId = lines[0]?.product_id;
    await api.admin().put(`/v1/admin/inventory/${productId}`, { on_hand: 50 });
    await api.admin().patch(`/v1/admin/products/${productId}`, { unit_price: 1 });

    const again = await order(buyer, lines, VISA, key);

    expect(first.status).toBe(status);
    expect(again.status).toBe(status);
    expect(again.text).toBe(first.text);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(0);
  });

  it('for an empty cart is remembered, though the cart is filled', async () => {
    const buyer = api.customer();
    const key = freshKey();
    const first = await checkOut(buyer, VISA, key);
    await buyer.put('/v1/cart', { items: await someLines() }).expect(200);

    const again = await checkOut(buyer, VISA, key);
    const fresh = await checkOut(buyer, VISA);

    expect(first.body.code).toBe('order_cart_empty');
    expect(again.text).toBe(first.text);
    expect(fresh.status).toBe(201);
  });

  it('of a move is remembered and audited once', async () => {
    const buyer = api.customer();
    const id = await orderId(buyer, VISA);
    const key = freshKey();
    const first = await pay(buyer, id, VISA, key);
    const before = await everything(api);

    const again = await pay(buyer, id, VISA, key);

    expect(first.body.code).toBe('order_already_paid');
    expect(again.text).toBe(first.text);
    expect(await everything(api)).toEqual(before);
  });
});

describe('the same request many times at once', () => {
  //
  it('makes one order and one charge; the others are told to wait, or get the same answer', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    const before = (await ledgerOf(api)).calls['POST /v1/payment_intents'] ?? 0;

    const answers = await Promise.all(Array.from({ length: 8 }, () => order(buyer, lines, VISA, key)));

    const made = answers.filter(({ status }) => status === 201);
    const waiting = answers.filter(({ status }) => status !== 201);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const answer of waiting) {
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_key_in_use']);
      expect(answer.headers['retry-after']).toBe('1');
    }
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(1);
    expect((await ledgerOf(api)).calls['POST /v1/payment_intents']).toBe(before + 1);
    expect((await order(buyer, lines, VISA, key)).text).toBe(made[0]?.text);
  });
});

describe('a process that died before it answered', () => {
  /** As a crash after the last write but one leaves it: the key is still running, and its lease is over. */
  const forgetAnswer = async (key: string): Promise<void> => {
    await api.database.query(
      `UPDATE idempotency_keys SET status = 'running', response_status = NULL, response_body = NULL, subject_id = NULL,
         lease_until = now() - interval '1 second' WHERE key = $1`,
      [key],
    );
    await api.redis.flushdb();
  };

  //
  it.each([
    ['a paid order', VISA],
    ['an order without a payment', {}],
    ['an order that is paid outside', { provider: 'manual' }],
    ['an order that waits for the bank', { payment_method: 'pm_card_authenticationRequired' }],
  ])('left %s: the repeat answers it and makes nothing new', async (_, body) => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    const first = await order(buyer, lines, body, key);
    await forgetAnswer(key);
    const before = await buyer.get('/v1/orders');
    const charges = await chargesOf(api, first.body.id);

    const again = await order(buyer, lines, body, key);

    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect((await buyer.get('/v1/orders')).body).toEqual(before.body);
    expect(await chargesOf(api, first.body.id)).toEqual(charges);
  });

  //
  it('left a declined order: the repeat answers the decline and tries no card', async () => {
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: await someLines() }).expect(200);
    const key = freshKey();
    const first = await checkOut(buyer, DECLINED, key);
    await forgetAnswer(key);
    const before = await everything(api);

    const again = await checkOut(buyer, DECLINED, key);

    expect(again.status).toBe(402);
    expect(again.body).toMatchObject({ code: 'order_payment_failed', order_id: first.body.order_id });
    expect(await everything(api)).toEqual(before);
  });

  it('left an intent for the client: the repeat answers its secret again', async () => {
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: await someLines() }).expect(200);
    const key = freshKey();
    const first = await checkOut(buyer, {}, key);
    await forgetAnswer(key);

    const again = await checkOut(buyer, {}, key);

    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(1);
  });

  it('left a call to Stripe that nobody heard of again: the repeat sends it with the same key', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    await armFault(api, { kind: 'error_after', status: 500, replay: 'result', match: { path: '/v1/payment_intents' } });
    const first = await order(buyer, lines, VISA, key);
    await forgetAnswer(key);

    const again = await order(buyer, lines, VISA, key);

    expect(first.body).toMatchObject({ status: 'created', payment_status: 'processing' });
    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({ id: first.body.id, status: 'paid' });
    expect(await chargesOf(api, first.body.id)).toMatchObject([{ captured: 6_250 }]);
  });

  it.each([
    ['that paid the order', VISA, 200],
    ['that was declined', DECLINED, 402],
    ['that opened an intent', {}, 200],
  ])('left a payment %s: the repeat answers what became of it', async (_, body, status) => {
    const buyer = api.customer();
    const id = await orderId(buyer);
    const key = freshKey();
    const first = await pay(buyer, id, body, key);
    await forgetAnswer(key);
    const charges = await chargesOf(api, id);
    const { body: before } = await buyer.get(`/v1/orders/${id}`);

    const again = await pay(buyer, id, body, key);

    expect(first.status).toBe(status);
    expect(again.status).toBe(status);
    const { request_id: _request, trace_id: _trace, ...facts } = first.body;
    expect(again.body).toMatchObject(facts);
    expect((await buyer.get(`/v1/orders/${id}`)).body).toEqual(before);
    expect(await chargesOf(api, id)).toEqual(charges);
  });

  it('left a cancellation: the repeat answers the cancelled order', async () => {
    const buyer = api.customer();
    const id = await orderId(buyer);
    const key = freshKey();
    const first = await cancel(buyer, id, {}, key);
    await forgetAnswer(key);

    const again = await cancel(buyer, id, {}, key);

    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it('left a standalone payment: the repeat answers it and charges nothing', async () => {
    const buyer = api.customer();
    const body = { amount: 700, currency: 'usd', ...VISA };
    const key = freshKey();
    const first = await buyer.post('/v1/payments', body, { idempotencyKey: key });
    await forgetAnswer(key);
    const charges = (await ledgerOf(api)).charges;

    const again = await buyer.post('/v1/payments', body, { idempotencyKey: key });

    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect((await ledgerOf(api)).charges).toEqual(charges);
  });

  it('is told apart from one that still works: the repeat has to wait until its lease is over', async () => {
    const buyer = api.customer();
    const lines = await someLines();
    const key = freshKey();
    await order(buyer, lines, VISA, key).expect(201);
    await forgetAnswer(key);
    await api.database.query(`UPDATE idempotency_keys SET lease_until = now() + interval '20 seconds' WHERE key = $1`, [
      key,
    ]);
    const before = await everything(api);

    const answer = await order(buyer, lines, VISA, key);

    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
      409,
      'idempotency_key_in_use',
      '1',
    ]);
    expect(await everything(api)).toEqual(before);
  });
});
