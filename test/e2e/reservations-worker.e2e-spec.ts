import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WorkerModule } from '../../src/worker.module.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { workerRedisUrl } from '../support/redis.js';
import { stockedProduct } from '../support/shop.js';
import { freshKey, order, stockOf } from '../support/storefront.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const TTL_SECONDS = 2;
const HOLDS = 20;
const NEVER = 86_400;

let api: TestApi;
let redis: TcpProxy;
let worker: INestApplicationContext | undefined;

beforeAll(async () => {
  redis = await startTcpProxy(workerRedisUrl());
  api = await startApi({ config: { REDIS_URL: redis.url, RESERVATION_TTL_SECONDS: String(TTL_SECONDS) } });
  await redisIsThere();
});
afterEach(async () => {
  await worker?.close();
  worker = undefined;
});
afterAll(async () => {
  await api.close();
  await redis.stop();
});

/** The API has found Redis, or found it again. */
function redisIsThere(): Promise<void> {
  return eventually(async () => expect((await api.http.get('/health/ready')).body.status).toBe('ok'));
}

/** The worker in this process, on the same database and Redis as the API. */
async function startWorker(sweepIntervalSeconds: number): Promise<void> {
  const config = { ...api.config, LOG_LEVEL: 'silent', SWEEP_INTERVAL_SECONDS: sweepIntervalSeconds } as const;
  worker = await NestFactory.createApplicationContext(WorkerModule.of(config), { logger: false, abortOnError: false });
}

/** All units of a product, held by half orders and half holds of another service. Answers the product. */
async function holdAll(): Promise<string> {
  const mug = await stockedProduct(api, { onHand: HOLDS });
  const items = [{ product_id: mug, quantity: 1 }];
  const holds = Array.from({ length: HOLDS }, (_, place) =>
    place % 2 === 0
      ? order(api.customer(), items)
      : api.internal().post('/v1/inventory/reservations', { reference: freshKey(), items }),
  );
  const answers = await Promise.all(holds);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  expect(await stockOf(api, mug)).toEqual([HOLDS, HOLDS]);
  return mug;
}

const outcomes = (mug: string) =>
  api.database.query(
    `SELECT r.status AS hold, o.status AS "order", o.cancel_reason AS reason, count(*)::int AS count
     FROM reservations r JOIN reservation_lines l ON l.reservation_id = r.id LEFT JOIN orders o ON o.id = r.order_id
     WHERE l.product_id = $1 GROUP BY 1, 2, 3 ORDER BY 2`,
    [mug],
  );

const ALL_EXPIRED = [
  { hold: 'expired', order: 'cancelled', reason: 'reservation_expired', count: HOLDS / 2 },
  { hold: 'expired', order: null, reason: null, count: HOLDS / 2 },
];

/**
 * The holds below live for two real seconds. Fake timers would not do: Jest moves the timers of this process and nothing
 * else, so that neither a TTL in Redis, nor a delayed job there, nor the clock of PostgreSQL would come any nearer.
 */
//
describe('holds that nobody sold or gave back', () => {
  it('are free again by the bell, with keys in Redis up to then', async () => {
    await startWorker(NEVER);
    const mug = await holdAll();
    const keys = await api.redis.keys('reservation:*');
    const ttl = await api.redis.pttl(keys[0] ?? '');

    await eventually(async () => expect(await stockOf(api, mug)).toEqual([HOLDS, 0]), { withinMs: 4_000 });

    expect(keys).toHaveLength(HOLDS);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(TTL_SECONDS * 1_000);
    expect(await outcomes(mug)).toEqual(ALL_EXPIRED);
    expect(await api.redis.keys('reservation:*')).toEqual([]);
    await expectSettled(api.database);
  });

  it('stay held when Redis loses everything, and are free again in their time', async () => {
    await startWorker(1);
    const mug = await holdAll();

    await api.redis.flushall();
    const held = await stockOf(api, mug);
    await eventually(async () => expect(await stockOf(api, mug)).toEqual([HOLDS, 0]), { withinMs: 15_000 });

    expect(held).toEqual([HOLDS, HOLDS]);
    expect(await outcomes(mug)).toEqual(ALL_EXPIRED);
    await expectSettled(api.database);
  });

  it('are made and end while Redis is away', async () => {
    await startWorker(1);
    await redis.cut();

    const mug = await holdAll();
    await eventually(async () => expect(await stockOf(api, mug)).toEqual([HOLDS, 0]), { withinMs: 15_000 });
    const gone = await outcomes(mug);
    await redis.restore();
    await redisIsThere();

    expect(gone).toEqual(ALL_EXPIRED);
    await expectSettled(api.database);
  });

  it('are ended once by two workers, of which one began late', async () => {
    const mug = await holdAll();
    await eventually(async () => {
      expect(await api.database.query('SELECT id FROM reservations WHERE expires_at > now()')).toEqual([]);
    });
    await startWorker(1);
    const first = worker;
    await startWorker(1);

    await eventually(async () => expect(await stockOf(api, mug)).toEqual([HOLDS, 0]), { withinMs: 15_000 });
    await first?.close();

    expect(await outcomes(mug)).toEqual(ALL_EXPIRED);
    const moves = await api.database.query(
      `SELECT count(*)::int AS count FROM audit_entries a JOIN order_items i ON i.order_id = a.order_id
       WHERE i.product_id = $1 AND a.event_type = 'order_cancelled'`,
      [mug],
    );
    expect(moves).toEqual([{ count: HOLDS / 2 }]);
    await expectSettled(api.database);
  });
});
