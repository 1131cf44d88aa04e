import { connect } from 'node:net';
import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { addProduct } from '../support/products.js';

let api: TestApi;
beforeAll(async () => {
  // High enough never to be met here; the headers show who is counted as whom.
  api = await startApi({ config: { RATE_LIMIT_PER_MINUTE: '100000' } });
});
afterAll(() => api.close());

const CARD = '4242424242424242';
const json = (path: string, body: string, type = 'application/json') =>
  api.http
    .put(path)
    .set({ ...api.customer('alice').headers, 'content-type': type })
    .send(body);

const problem = (code: string, status: number) => ({
  type: `urn:holdfast:problem:${code}`,
  title: expect.any(String),
  status,
  detail: expect.any(String),
  instance: expect.stringMatching(/^\//),
  code,
  request_id: expect.stringMatching(/^req_/),
  trace_id: expect.any(String),
});

/** What comes back over a bare connection for bytes that no HTTP client would send. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1', timeout: 5_000 });
    socket.on('timeout', () => socket.destroy(new Error('no answer within 5 s')));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.write(bytes);
  });
}

describe('traces and request ids', () => {
  //
  it.each(['0af7651916cd43dd8448eb211c80319c', 'order-42', 'A.b:c_d-9', 'x', 'x'.repeat(128)])(
    'keep the usable trace id %s',
    async (traceId) => {
      const answer = await api.http.get('/v1/_info').set('X-Trace-ID', traceId);

      expect(answer.headers['x-trace-id']).toBe(traceId);
    },
  );

  //
  it.each(['', ' ', '-starts-with-a-hyphen', 'with space', 'x'.repeat(129), 'ümlaut', 'a,b', '{}', CARD, '<script>'])(
    'replace the unusable trace id %j',
    async (traceId) => {
      const answer = await api.http.get('/v1/_info').set('X-Trace-ID', Buffer.from(traceId).toString('latin1'));

      expect(answer.status).toBe(200);
      expect(answer.headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it('take the trace of a W3C traceparent', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';

    const answer = await api.http.get('/v1/_info').set('traceparent', `00-${trace}-b7ad6b7169203331-01`);

    expect(answer.headers['x-trace-id']).toBe(trace);
  });

  it('prefer X-Trace-ID to a traceparent', async () => {
    const answer = await api.http
      .get('/v1/_info')
      .set({ 'X-Trace-ID': 'mine', traceparent: `00-${'a'.repeat(32)}-b7ad6b7169203331-01` });

    expect(answer.headers['x-trace-id']).toBe('mine');
  });

  it.each(['00-' + '0'.repeat(32) + '-b7ad6b7169203331-01', 'nonsense', `00-${'A'.repeat(32)}-b7ad6b7169203331-01`])(
    'replace the unusable traceparent %s',
    async (traceparent) => {
      const answer = await api.http.get('/v1/_info').set('traceparent', traceparent);

      expect(answer.headers['x-trace-id']).toMatch(/^[0-9a-f]{32}$/);
      expect(traceparent).not.toContain(answer.headers['x-trace-id']);
    },
  );

  //
  it('are on problems and on their log line as well', async () => {
    const answer = await api.customer().get('/v1/orders/nonsense', { headers: { 'X-Trace-ID': 'trace-of-a-problem' } });

    expect(answer.status).toBe(404);
    expect(answer.headers['x-trace-id']).toBe('trace-of-a-problem');
    expect(answer.body).toMatchObject({
      trace_id: 'trace-of-a-problem',
      request_id: answer.headers['x-request-id'],
    });
    const lines = api.logs.all().filter((line) => line['trace_id'] === 'trace-of-a-problem');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      request_id: answer.headers['x-request-id'],
      method: 'GET',
      path: '/v1/orders/nonsense',
      status: 404,
    });
  });

  it('are fresh where nobody gives any', async () => {
    const answers = [await api.http.get('/v1/_info'), await api.http.get('/v1/_info')];

    expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(2);
    expect(new Set(answers.map(({ headers }) => headers['x-trace-id'])).size).toBe(2);
  });

  it('have a request id that the client cannot choose', async () => {
    const answer = await api.http.get('/v1/_info').set('X-Request-Id', 'mine');

    expect(answer.headers['x-request-id']).toMatch(/^req_[0-9a-f-]{36}$/);
  });
});

describe('routes that are none', () => {
  it.each([
    ['get', '/v1'],
    ['get', '/v2/cart'],
    ['post', '/v1/nothing'],
    ['get', '/v1/cart/'],
    ['get', '/V1/cart'],
    ['get', '//v1/cart'],
    ['get', '/v1/cart;x=1'],
    ['delete', '/.env'],
  ] as const)('%s %s answers 404 not_found', async (method, path) => {
    const answer = await api.http[method](path);

    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body).toEqual({ ...problem('not_found', 404), instance: path });
  });

  it('name the path without its query', async () => {
    const answer = await api.http.get('/v1/nothing?email=alice@example.com');

    expect(answer.body.instance).toBe('/v1/nothing');
    expect(answer.text).not.toContain('alice');
  });

  it.each([
    ['patch', '/v1/cart', 'DELETE, GET, PUT'],
    ['get', '/v1/cart/items', 'POST'],
    ['post', '/v1/products', 'GET'],
    ['get', '/v1/guest-sessions', 'POST'],
    ['get', `/v1/cart/items/${newId('prod')}`, 'DELETE, PUT'],
    ['delete', '/health', 'GET'],
  ] as const)('%s %s answers 405 with the methods that work', async (method, path, allow) => {
    const answer = await api.http[method](path);

    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.body).toEqual({
      ...problem('method_not_allowed', 405),
      instance: path,
      allowed_methods: allow.split(', '),
    });
  });

  it.each(['PROPFIND', 'TRACE', 'MKCOL', 'PURGE'])('%s answers like any method that does not work', async (method) => {
    const answer = await exchange(`${method} /v1/cart HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toContain('"code":"method_not_allowed"');
  });

  it('answer HEAD like GET, without a body', async () => {
    const answer = await api.http.head('/health');

    expect(answer.status).toBe(200);
    expect(answer.text).toBeUndefined();
  });
});

describe('requests that cannot be read', () => {
  it('answer a path with broken percent-encoding', async () => {
    const answer = await api.http.get('/v1/orders/%ZZ').set('X-Trace-ID', 'broken');

    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['x-trace-id']).toBe('broken');
    expect(answer.body).toEqual(problem('bad_request', 400));
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a head that is too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Padding: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answer %s', async (_, bytes, status) => {
    const answer = await exchange(bytes);

    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body)).toEqual(problem('bad_request', status));
  });

  it('answer an id that is longer than any', async () => {
    const answer = await api.customer().get(`/v1/orders/${'x'.repeat(2_000)}`);

    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('order_not_found');
    expect(answer.body.detail.length).toBeLessThan(200);
  });
});

describe('bodies', () => {
  it.each([
    '',
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('of type %j are refused with 415', async (type) => {
    const answer = await json('/v1/cart', '{"items":[]}', type);

    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({ ...problem('unsupported_media_type', 415), instance: '/v1/cart' });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'])(
    'of type %s are read',
    async (type) => {
      const answer = await json('/v1/cart', '{"items":[]}', type);

      expect(answer.status).toBe(200);
    },
  );

  it.each([
    ['cut off', '{"items":['],
    ['not JSON', 'items=1'],
    ['with a comment', '{"items":[] /* none */}'],
    ['with a trailing comma', '{"items":[],}'],
    ['with single quotes', "{'items':[]}"],
    ['two documents', '{"items":[]}{"items":[]}'],
    ['NaN', '{"items":NaN}'],
  ])('that are %s are refused with malformed_json', async (_, body) => {
    const answer = await json('/v1/cart', body);

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ ...problem('malformed_json', 400), instance: '/v1/cart' });
  });

  it('that are not UTF-8 are refused with malformed_json', async () => {
    const answer = await fetch(`${api.url}/v1/cart`, {
      method: 'PUT',
      headers: { ...api.customer().headers, 'content-type': 'application/json' },
      body: Buffer.from('{"items":[],"caf\u00e9":1}', 'latin1'),
      signal: AbortSignal.timeout(5_000),
    });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'malformed_json' });
  });

  it.each(['[]', '[{}]', '"text"', '5', 'true'])('that are %s and no object are refused', async (body) => {
    const answer = await json('/v1/cart', body);

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
  });

  it.each([
    ['an unknown member', '{"items":[],"status":"paid"}', 'status'],
    ['a member for mass assignment', '{"items":[],"customer_id":"mallory"}', 'customer_id'],
    ['__proto__', '{"items":[],"__proto__":{"admin":true}}', '__proto__'],
    ['a nested __proto__', '{"items":[{"__proto__":{"quantity":1}}]}', 'items.0.__proto__'],
    ['constructor', '{"items":[],"constructor":{"prototype":{}}}', 'constructor'],
    ['a NUL in a text', '{"items":[{"product_id":"a\\u0000b","quantity":1}]}', 'items.0.product_id'],
    ['a lone high surrogate', '{"items":[{"product_id":"\\ud83d","quantity":1}]}', 'items.0.product_id'],
    ['a lone low surrogate', '{"items":[{"product_id":"\\ude00x","quantity":1}]}', 'items.0.product_id'],
    ['a card number', `{"items":[{"product_id":"${CARD}","quantity":1}]}`, 'items.0.product_id'],
    ['a card number in groups', '{"items":[{"product_id":"4242-4242 4242-4242","quantity":1}]}', 'items.0.product_id'],
    ['a card number that is a number', `{"items":[{"product_id":"x","quantity":${CARD}}]}`, 'items.0.quantity'],
  ])('with %s are refused with validation_failed', async (_, body, field) => {
    const answer = await json('/v1/cart', body);

    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      ...problem('validation_failed', 422),
      instance: '/v1/cart',
      errors: [{ field, message: expect.any(String) }],
    });
    expect(Object.prototype).not.toHaveProperty('admin');
  });

  it.each([
    ['a NUL in a name', '{"items":[],"a\\u0000b":1}'],
    ['a lone surrogate in a name', '{"items":[],"\\ud83d":1}'],
    ['a card number as a name', `{"items":[],"${CARD}":1}`],
    ['17 levels', `{"items":${'['.repeat(16)}${']'.repeat(16)}}`],
    ['100 000 levels', `{"items":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['more than 5000 members', JSON.stringify({ items: Array.from({ length: 5_001 }, () => 0) })],
  ])('with %s are refused with validation_failed', async (_, body) => {
    const answer = await json('/v1/cart', body);

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
    expect(answer.text).not.toContain(CARD);
  });

  it('list every fault at once, each with its field', async () => {
    const answer = await json('/v1/cart', '{"items":[{"quantity":0},{"product_id":7,"quantity":"1","price":1}],"a":1}');

    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(fields.sort()).toEqual([
      'a',
      'items.0.product_id',
      'items.0.quantity',
      'items.1.price',
      'items.1.product_id',
      'items.1.quantity',
    ]);
  });

  it('above 256 kB are refused with 413', async () => {
    const answer = await json('/v1/cart', `{"items":[],"x":"${'x'.repeat(256 * 1_024)}"}`);

    expect(answer.status).toBe(413);
    expect(answer.body).toEqual({ ...problem('payload_too_large', 413), instance: '/v1/cart' });
  });

  it('that announce more than they may are refused before they are sent', async () => {
    const answer = await exchange(
      `POST /v1/guest-sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('are not needed where no member is, with or without a content type', async () => {
    const answers = [
      await api.http.post('/v1/guest-sessions'),
      await api.http.post('/v1/guest-sessions').set('content-type', 'application/json'),
      await api.http.post('/v1/guest-sessions').send({}),
    ];

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await exchange('POST /v1/guest-sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 201 /,
    );
  });

  it('that are missing where members are needed say which', async () => {
    const answer = await api.customer().put('/v1/cart');

    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field: 'items', message: expect.any(String) }]);
  });

  it('keep emoji and right-to-left text as they are', async () => {
    const title = 'مرحبا 👩‍👩‍👧‍👦 „Zoë“ \u202Eשלום\u202C';
    const made = await api
      .admin()
      .post('/v1/admin/products', { sku: 'EMOJI-1', title, unit_price: 100, currency: 'usd' });

    const answer = await api.http.get(`/v1/products/${made.body.id}`);

    expect(made.status).toBe(201);
    expect(answer.body.title).toBe(title);
  });
});

describe('lists', () => {
  it.each(['0', '101', '-1', '1.5', 'ten', '1e2', '', ' 5', '99999999999999999999'])(
    'refuse the limit %j',
    async (limit) => {
      const answer = await api.http.get('/v1/products').query({ limit });

      expect(answer.status).toBe(422);
      expect(answer.body.errors[0].field).toBe('limit');
    },
  );

  it.each([
    ['offset=-1', 'offset'],
    ['offset=x', 'offset'],
    ['sort=price', 'sort'],
    ['limit=1&limit=2', 'limit'],
    ['limit[]=1', 'limit[]'],
    ['q=%00', 'q'],
    [`q=${CARD}`, 'q'],
    ['__proto__=1', '__proto__'],
    [`offset=0&starting_after=${newId('prod')}`, 'starting_after'],
  ])('refuse ?%s', async (query, field) => {
    const answer = await api.http.get(`/v1/products?${query}`);

    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe('validation_failed');
    expect(answer.body.errors[0].field).toBe(field);
  });

  it.each(['1', '100'])('take the limit %s', async (limit) => {
    const answer = await api.http.get('/v1/products').query({ limit });

    expect(answer.status).toBe(200);
    expect(answer.body.limit).toBe(Number(limit));
  });
});

describe('headers', () => {
  it('protect every answer', async () => {
    const answers = [
      await api.http.get('/health'),
      await api.http.get('/v1/nothing'),
      await api.http.get('/v1/cart'),
      await api.customer().get('/v1/cart'),
    ];

    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining(`default-src 'self'`),
        'strict-transport-security': expect.stringContaining('max-age='),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    }
  });

  it('let no foreign origin read answers', async () => {
    const answer = await api.http.get('/v1/_info').set('Origin', 'https://shop.example.com');

    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('count an address as it is, whatever X-Forwarded-For says', async () => {
    const remaining = async (address: string): Promise<number> => {
      const { headers } = await api.http.get('/v1/_info').set('X-Forwarded-For', address);
      return Number(/r=(\d+)/.exec(headers['ratelimit'] ?? '')?.[1]);
    };

    const first = await remaining('203.0.113.1');
    const second = await remaining('203.0.113.2');

    expect(second).toBe(first - 1);
  });
});

describe('the log', () => {
  it('has one JSON line for a request, with ids, and nothing of the query', async () => {
    api.logs.clear();
    const trace = newId('evt');

    await api.http.get(`/v1/products?limit=1&q=alice@example.com&token=abc`).set('X-Trace-ID', trace);

    const lines = api.logs.all().filter((line) => line['trace_id'] === trace);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      service: 'holdfast',
      process: 'api',
      msg: 'request',
      method: 'GET',
      path: '/v1/products',
      status: 422,
    });
    expect(api.logs.text).not.toMatch(/alice|abc|limit=1/);
  });

  it('has no line for probes', async () => {
    api.logs.clear();

    await api.http.get('/health');
    await api.http.get('/health/ready');
    await api.http.get('/metrics');

    expect(api.logs.all()).toEqual([]);
  });

  it('never holds a card number, wherever it was sent', async () => {
    api.logs.clear();
    const customer = api.customer();

    const answers = [
      await customer.put('/v1/cart', { items: [{ product_id: CARD, quantity: 1 }] }),
      await customer.put('/v1/cart', { [CARD]: 1 }),
      await customer.get(`/v1/orders/${CARD}`),
      await customer.get(`/v1/orders/4242%204242%204242%204242`),
      await customer.get(`/v1/${CARD}`),
      await customer.get(`/v1/cart?number=${CARD}`),
      await customer.get('/v1/cart', { headers: { 'X-Trace-ID': CARD, 'User-Agent': CARD, Referer: CARD } }),
      await customer.post('/v1/orders/checkout', {}, { idempotencyKey: CARD }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 404, 404, 404, 422, 200, 400]);
    expect(api.logs.all().length).toBeGreaterThanOrEqual(8);
    expect(api.logs.text).not.toMatch(/4242(?:%20| |-)?4242/);
  });
});

describe('documents', () => {
  it('are found from the root', async () => {
    const answer = await api.http.get('/').expect(200);

    expect(answer.body).toEqual({
      ...{ name: 'holdfast', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      ...{ docs: '/docs', openapi: '/openapi.json', health: '/health' },
    });
    for (const path of [answer.body.docs, answer.body.openapi, answer.body.health])
      await api.http.get(path).expect(200);
  });

  it('tell name and version', async () => {
    const answer = await api.http.get('/v1/_info');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ name: 'holdfast', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('describe the API in OpenAPI', async () => {
    const answer = await api.http.get('/openapi.json');

    expect(answer.status).toBe(200);
    expect(answer.body.openapi).toMatch(/^3\./);
    expect(Object.keys(answer.body.paths)).toEqual(
      expect.arrayContaining(['/v1/cart', '/v1/cart/items', '/v1/cart/items/{product_id}', '/v1/cart/merge']),
    );
  });

  it('show it as pages whose files load under the content security policy', async () => {
    const page = await api.http.get('/docs');

    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const url = new URL(file, `${api.url}/docs`);
      expect(url.origin).toBe(api.url);
      expect((await api.http.get(url.pathname)).status).toBe(200);
    }
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
  });

  it('measure requests by route template', async () => {
    const mug = await addProduct((text, parameters) => api.database.query(text, parameters));
    const before = await countedProducts();
    await api.http.get(`/v1/products/${mug.id}`).expect(200);
    await api.http.get('/v1/nothing-of-this-name').expect(404);

    const { status, headers, text } = await api.http.get('/metrics');

    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(await countedProducts()).toBe(before + 1);
    expect(text).toContain('route="none",status="404"');
    expect(text).not.toContain(mug.id);
    expect(text).not.toContain('nothing-of-this-name');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  async function countedProducts(): Promise<number> {
    const { text } = await api.http.get('/metrics').expect(200);
    const name = 'holdfast_http_request_duration_seconds_count';
    const line = text
      .split('\n')
      .find((one) => one.startsWith(`${name}{method="GET",route="/v1/products/:id",status="200"}`));
    return Number(line?.split(' ').at(-1) ?? 0);
  }
});
