import { cloneDatabase, type ClonedDatabase } from '../support/database.js';
import { startApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/poll.js';
import { addProduct } from '../support/products.js';
import { workerRedisUrl } from '../support/redis.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

let database: ClonedDatabase;
let postgres: TcpProxy;
let redis: TcpProxy;
let api: TestApi;

beforeAll(async () => {
  database = await cloneDatabase();
  postgres = await startTcpProxy(database.url);
  redis = await startTcpProxy(workerRedisUrl());
  api = await startApi({ database: database.url, config: { DATABASE_URL: postgres.url, REDIS_URL: redis.url } });
});
afterAll(async () => {
  await api.close();
  await postgres.stop();
  await redis.stop();
  await database.drop();
});

const readiness = () => api.http.get('/health/ready');
const allIsWell = () =>
  eventually(async () => expect((await readiness()).body.status).toBe('ok'), { withinMs: 15_000, everyMs: 100 });

describe('without Redis', () => {
  afterEach(async () => {
    await redis.restore();
    await allIsWell();
  });

  it('the service is degraded but serves', async () => {
    const mug = await addProduct((text, parameters) => api.database.query(text, parameters));
    const customer = api.customer();
    await redis.cut();

    const ready = await eventually(async () => {
      const answer = await readiness();
      expect(answer.body.status).toBe('degraded');
      return answer;
    });
    const cart = await customer.post('/v1/cart/items', { product_id: mug.id, quantity: 1 });

    expect(ready.status).toBe(200);
    expect(ready.body).toEqual({
      status: 'degraded',
      postgres: { status: 'up' },
      redis: { status: 'down' },
      migrations: { status: 'up' },
      queue: { status: 'down' },
    });
    expect((await api.http.get('/health')).status).toBe(200);
    expect(cart.status).toBe(200);
  });
});

describe('without PostgreSQL', () => {
  afterEach(async () => {
    await postgres.restore();
    await allIsWell();
  });

  it('the service lives, is not ready, and says so to everybody', async () => {
    const customer = api.customer();
    await customer.get('/v1/cart').expect(200);
    await postgres.cut();

    const ready = await readiness();
    const live = await api.http.get('/health');
    const cart = await customer.get('/v1/cart', { headers: { 'X-Trace-ID': 'no-database' } });
    const write = await customer.put('/v1/cart', { items: [] });

    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({ status: 'down', postgres: { status: 'down' }, redis: { status: 'up' } });
    expect([live.status, live.body]).toEqual([200, { status: 'ok' }]);
    for (const answer of [cart, write]) {
      expect(answer.status).toBe(503);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.body).toMatchObject({ code: 'service_unavailable', status: 503, instance: '/v1/cart' });
      expect(answer.text).not.toMatch(/ECONNREFUSED|postgres|127\.0\.0\.1/);
    }
    expect(cart.headers['x-trace-id']).toBe('no-database');
    expect(api.logs.named('request_unavailable').length).toBeGreaterThan(0);
  });

  it('the service recovers by itself, without a connection that is broken for good', async () => {
    const customer = api.customer();
    await Promise.all(Array.from({ length: 8 }, () => customer.get('/v1/cart').expect(200)));
    await postgres.cut();
    await customer.get('/v1/cart').expect(503);

    await postgres.restore();
    await allIsWell();

    const answers = await Promise.all(Array.from({ length: 8 }, () => customer.get('/v1/cart')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  });
});

describe('without its newest migration', () => {
  afterEach(() => api.database.query(`UPDATE schema_migrations SET "timestamp" = -"timestamp" WHERE "timestamp" < 0`));

  it('the service is not ready and names what is missing', async () => {
    const [newest] = await api.database.query<{ timestamp: number }>(
      `UPDATE schema_migrations SET "timestamp" = -"timestamp"
       WHERE "timestamp" = (SELECT max("timestamp") FROM schema_migrations) RETURNING -"timestamp" AS timestamp`,
    );

    const answer = await readiness();

    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      status: 'down',
      postgres: { status: 'up' },
      migrations: { status: 'pending', pending: [String(newest?.timestamp)] },
    });
  });
});
