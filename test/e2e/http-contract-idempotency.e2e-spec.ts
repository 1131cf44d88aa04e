import { randomBytes } from 'node:crypto';
import { type ApiClient, startApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/poll.js';
import { addProduct } from '../support/products.js';

let api: TestApi;
let admin: ApiClient;
let productId: string;
beforeAll(async () => {
  api = await startApi();
  admin = api.admin();
});
afterAll(() => api.close());
beforeEach(async () => {
  ({ id: productId } = await addProduct((text, parameters) => api.database.query(text, parameters), { onHand: 0 }));
});

// The adjustment of stock stands for every route that needs a key: it is the smallest one.
const path = (id = productId) => `/v1/admin/inventory/${id}/adjustments`;
const adjust = (idempotencyKey: string, body: object = { delta: 3, reason: 'found' }, id = productId) =>
  admin.post(path(id), body, { idempotencyKey });
const freshKey = (): string => randomBytes(12).toString('hex');

async function onHand(): Promise<number | undefined> {
  const [row] = await api.database.query<{ on_hand: number }>(
    'SELECT on_hand FROM stock_levels WHERE product_id = $1',
    [productId],
  );
  return row?.on_hand;
}

describe('a repeated request', () => {
  //
  it('gets the stored answer byte for byte, marked, with fresh headers', async () => {
    const key = freshKey();
    const first = await adjust(key);

    const second = await adjust(key);

    expect(first.status).toBe(200);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second.status).toBe(200);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    expect(await onHand()).toBe(3);
  });

  it('gets a stored problem with its first request id', async () => {
    const key = freshKey();
    const first = await adjust(key, { delta: -1, reason: 'lost' });

    const second = await adjust(key, { delta: -1, reason: 'lost' });

    expect(first.status).toBe(409);
    expect(first.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(second.status).toBe(409);
    expect(second.text).toBe(first.text);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'content-type': 'application/problem+json; charset=utf-8',
    });
    expect(second.body.request_id).toBe(first.headers['x-request-id']);
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });

  it('is the same whatever the order of members and the white space', async () => {
    const key = freshKey();
    const first = await adjust(key);

    const second = await api.http
      .post(path())
      .set({ ...admin.headers, 'Idempotency-Key': key, 'content-type': 'application/json' })
      .send('{ "reason" : "found",\n  "delta":3 }');

    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('may bring its key bare or quoted', async () => {
    const key = freshKey();
    await adjust(key);

    const second = await adjust(`"${key}"`);

    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await onHand()).toBe(3);
  });

  it('takes effect once when it comes ten times at once', async () => {
    const key = freshKey();

    const answers = await Promise.all(Array.from({ length: 10 }, () => adjust(key)));

    const statuses = new Set(answers.map(({ status, body }) => (status === 200 ? '200' : `${status} ${body.code}`)));
    expect(statuses).toContain('200');
    statuses.delete('200');
    statuses.delete('409 idempotency_key_in_use');
    expect([...statuses]).toEqual([]);
    for (const { headers } of answers.filter(({ status }) => status === 409)) expect(headers['retry-after']).toBe('1');
    expect(await onHand()).toBe(3);
  });
});

describe('the same key', () => {
  it.each([
    ['another body', () => adjust('shared-1', { delta: 4, reason: 'found' }), 'shared-1'],
    ['another path', () => adjust('shared-2', undefined, 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q'), 'shared-2'],
    [
      'a query',
      () => admin.post(`${path()}?dry=1`, { delta: 3, reason: 'found' }, { idempotencyKey: 'shared-3' }),
      'shared-3',
    ],
  ])('with %s is refused and nothing is executed', async (_, again, key) => {
    await adjust(key).expect(200);

    const answer = await again();

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('idempotency_key_reused');
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(await onHand()).toBe(3);
  });

  it('of another principal is another key', async () => {
    const key = freshKey();
    await adjust(key).expect(200);

    const answer = await api.admin('admin_bob').post(path(), { delta: 3, reason: 'found' }, { idempotencyKey: key });

    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('idempotent-replayed');
    expect(await onHand()).toBe(6);
  });

  it('may be used again after a request that was not valid, not allowed, or about nothing', async () => {
    const key = freshKey();
    const refusals = [
      await adjust(key, { delta: 0, reason: 'nothing' }),
      await adjust(key, { delta: 3, reason: 'found', status: 'done' }),
      await api.customer(admin.id).post(path(), { delta: 3, reason: 'found' }, { idempotencyKey: key }),
      await api.http.post(path()).set('Idempotency-Key', key).send({ delta: 3, reason: 'found' }),
      await adjust(key, undefined, 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q'),
    ];

    const answer = await adjust(key);

    expect(refusals.map(({ status }) => status)).toEqual([422, 422, 403, 401, 404]);
    expect(answer.status).toBe(200);
    expect(await onHand()).toBe(3);
  });

  it('is answered from PostgreSQL once Redis has lost it', async () => {
    const key = freshKey();
    const first = await adjust(key);
    await eventually(async () => expect(await api.redis.keys('idempotency:*')).not.toEqual([]));
    await api.redis.flushdb();

    const second = await adjust(key);

    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await onHand()).toBe(3);
  });
});

describe('a key', () => {
  it('is required', async () => {
    const answer = await admin.post(path(), { delta: 3, reason: 'found' });

    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('idempotency_key_required');
    expect(await onHand()).toBe(0);
  });

  it.each([
    ['empty', ''],
    ['quoted and empty', '""'],
    ['of 256 characters', 'x'.repeat(256)],
    ['with a space', 'a b'],
    ['with a tab', 'a\tb'],
    ['that is not ASCII', 'schl\u00fcssel'],
    ['that looks like a card number', '4242424242424242'],
  ])('%s is invalid', async (_, key) => {
    const answer = await adjust(key);

    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('idempotency_key_invalid');
    expect(await onHand()).toBe(0);
  });

  it('sent twice is invalid', async () => {
    const answer = await fetch(`${api.url}${path()}`, {
      method: 'POST',
      headers: [
        ...Object.entries(admin.headers),
        ['content-type', 'application/json'],
        ['idempotency-key', 'a'],
        ['idempotency-key', 'b'],
      ],
      body: JSON.stringify({ delta: 3, reason: 'found' }),
      signal: AbortSignal.timeout(5_000),
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'idempotency_key_invalid' });
  });

  it.each(['x', 'x'.repeat(255), "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"])('may be %s', async (key) => {
    const answer = await adjust(key);

    expect(answer.status).toBe(200);
  });
});

describe('a key in the body', () => {
  const order = { items: [{ product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q', quantity: 1 }] };

  it('must not differ from the one in the header', async () => {
    const body = { ...order, idempotency_key: 'one' };

    const answer = await api.customer().post('/v1/orders', body, { idempotencyKey: 'other' });

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field: 'idempotency_key' }] });
  });

  it.each([
    [7, 422, 'validation_failed'],
    ['', 400, 'idempotency_key_invalid'],
    ['a b', 400, 'idempotency_key_invalid'],
  ])('%j is refused', async (key, status, code) => {
    const answer = await api.customer().post('/v1/orders', { ...order, idempotency_key: key });

    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('may be missing there, but not in both places', async () => {
    const answer = await api.customer().post('/v1/orders', order);

    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_key_required']);
  });
});
