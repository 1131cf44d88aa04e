import { startApi, type TestApi } from '../support/api.js';

const SHOP = 'https://shop.example.com';
const ADMIN = 'https://admin.example.com';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({
    config: {
      HTTP_PREFIX: '/gateway/order',
      CORS_ORIGINS: `${SHOP}, ${ADMIN}`,
      TRUST_PROXY: 'true',
      RATE_LIMIT_PER_MINUTE: '4',
      GIT_COMMIT: '0123abc',
    },
  });
});
afterAll(() => api.close());

/** Each test comes from an address of its own, so that none uses up the limit of another. */
let lastHost = 0;
const freshAddress = (): string => `203.0.113.${(lastHost += 1)}`;
const get = (path: string, address = freshAddress()) => api.http.get(path).set('X-Forwarded-For', address);

describe('behind a gateway path', () => {
  it('every route answers under the prefix', async () => {
    const customer = api.customer();

    const answers = [
      await get('/gateway/order/v1/_info'),
      await get('/gateway/order/v1/products?limit=1'),
      await customer.get('/gateway/order/v1/cart'),
      await api.http.post('/gateway/order/v1/guest-sessions').set('X-Forwarded-For', freshAddress()),
      await get('/gateway/order/openapi.json'),
      await get('/gateway/order/docs'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201, 200, 200]);
  });

  it('the root says where everything is, under the prefix', async () => {
    const answer = await get('/gateway/order/');

    expect(answer.body).toMatchObject({
      ...{ docs: '/gateway/order/docs', openapi: '/gateway/order/openapi.json', health: '/gateway/order/health' },
    });
  });

  it.each([
    '/v1/_info',
    '/openapi.json',
    '/docs',
    '/',
    '/gateway/order',
    '/gateway/orders/v1/_info',
    '/gateway',
    '/healthy',
  ])('nothing answers at %s', async (path) => {
    const answer = await get(path);

    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'not_found', instance: path });
  });

  it('health and metrics answer with and without it', async () => {
    const paths = ['/health', '/health/ready', '/metrics'].flatMap((path) => [path, `/gateway/order${path}`]);

    const statuses = [];
    for (const path of paths) statuses.push((await get(path)).status);

    expect(statuses).toEqual(paths.map(() => 200));
  });

  it('problems and log lines name the path as the client wrote it', async () => {
    const answer = await api
      .customer()
      .get('/gateway/order/v1/orders/none?x=1', { headers: { 'X-Trace-ID': 'behind-a-gateway' } });

    expect(answer.body.instance).toBe('/gateway/order/v1/orders/none');
    expect(api.logs.all().filter((line) => line['trace_id'] === 'behind-a-gateway')).toMatchObject([
      { msg: 'request', path: '/gateway/order/v1/orders/none', status: 404 },
    ]);
  });

  it('a wrong method is told as such', async () => {
    const answer = await api.http.delete('/gateway/order/v1/products').set('X-Forwarded-For', freshAddress());

    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET');
  });

  it('the OpenAPI document names the prefix, and the pages load their files under it', async () => {
    const document = await get('/gateway/order/openapi.json');
    const page = await get('/gateway/order/docs');

    expect(document.body.servers).toEqual([{ url: '/gateway/order' }]);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const { pathname } = new URL(file, `${api.url}/gateway/order/docs`);
      expect(pathname).toMatch(/^\/gateway\/order\/docs\//);
      expect((await get(pathname)).status).toBe(200);
    }
  });
});

describe('browsers', () => {
  it.each([SHOP, ADMIN])('may read answers from %s', async (origin) => {
    const answer = await get('/gateway/order/v1/_info').set('Origin', origin);

    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers['vary']).toContain('Origin');
    expect(answer.headers['access-control-expose-headers']).toContain('X-Trace-ID');
    expect(answer.headers['access-control-expose-headers']).toContain('Idempotent-Replayed');
  });

  it('may send what the API needs', async () => {
    const answer = await api.http.options('/gateway/order/v1/orders/checkout').set({
      Origin: SHOP,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
    });

    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe(SHOP);
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
    expect(answer.headers['access-control-allow-methods']).toContain('PATCH');
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
  });

  it('read problems as well', async () => {
    const answer = await get('/gateway/order/v1/cart').set('Origin', SHOP);

    expect(answer.status).toBe(401);
    expect(answer.headers['access-control-allow-origin']).toBe(SHOP);
  });

  it.each(['https://evil.example.com', 'https://shop.example.com.evil.com', 'http://shop.example.com', 'null'])(
    'may not read answers from %s',
    async (origin) => {
      const answer = await get('/gateway/order/v1/_info').set('Origin', origin);

      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    },
  );
});

describe('the rate limit', () => {
  const info = '/gateway/order/v1/_info';

  it('counts down in its headers and ends in 429', async () => {
    const address = freshAddress();

    const answers = [];
    for (let round = 0; round < 6; round += 1) answers.push(await get(info, address));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => /r=(\d+)/.exec(headers['ratelimit'] ?? '')?.[1])).toEqual([
      '3',
      '2',
      '1',
      '0',
      '0',
      '0',
    ]);
    const refused = answers[4];
    expect(refused?.headers['ratelimit-policy']).toBe('"default";q=4;w=60');
    const seconds = Number(refused?.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused?.body).toMatchObject({ code: 'rate_limited', status: 429, retry_after_seconds: seconds });
  });

  it('counts each address by itself', async () => {
    const [busy, other] = [freshAddress(), freshAddress()];
    for (let round = 0; round < 5; round += 1) await get(info, busy);

    const answers = [await get(info, busy), await get(info, other)];

    expect(answers.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('is not evaded by an address that the client puts in front', async () => {
    const address = freshAddress();

    const statuses = [];
    for (let round = 0; round < 5; round += 1) {
      statuses.push((await get(info, `198.51.100.${round}, ${address}`)).status);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('counts a principal wherever he comes from', async () => {
    const customer = api.customer();

    const statuses = [];
    for (let round = 0; round < 5; round += 1) {
      const headers = { 'X-Forwarded-For': freshAddress() };
      statuses.push((await customer.get('/gateway/order/v1/cart', { headers })).status);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('counts two principals behind one address apart', async () => {
    const headers = { 'X-Forwarded-For': freshAddress() };
    const [one, other] = [api.customer(), api.customer()];
    for (let round = 0; round < 5; round += 1) await one.get('/gateway/order/v1/cart', { headers });

    const answer = await other.get('/gateway/order/v1/cart', { headers });

    expect(answer.status).toBe(200);
  });

  it('counts guessed tokens by address', async () => {
    const address = freshAddress();

    const statuses = [];
    for (let round = 0; round < 5; round += 1) {
      const guess = api.bearer(`guess-${round}`);
      statuses.push((await guess.get('/gateway/order/v1/cart', { headers: { 'X-Forwarded-For': address } })).status);
    }

    expect(statuses).toEqual([401, 401, 401, 401, 429]);
  });

  it('never stops a probe', async () => {
    const address = freshAddress();

    const statuses = new Set();
    for (let round = 0; round < 10; round += 1) statuses.add((await get('/health', address)).status);

    expect([...statuses]).toEqual([200]);
  });
});

describe('the version', () => {
  it('names the commit that was built', async () => {
    const answer = await get('/gateway/order/v1/_info');

    expect(answer.body).toEqual({ name: 'holdfast', version: expect.any(String), commit: '0123abc' });
  });
});
