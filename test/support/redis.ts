import { Redis } from 'ioredis';
import { fromGlobalSetup, requireTestRedis } from './guards.js';

export interface TestRedis {
  /** Database 15 of the server that belongs to this Jest worker alone. */
  readonly url: string;
  readonly client: Redis;
}

/** The URL of this worker's Redis, database 15. */
export function workerRedisUrl(): string {
  const urls = fromGlobalSetup('TEST_REDIS_URLS').split(',');
  const url = urls[Number(process.env['JEST_WORKER_ID'] ?? '1') - 1];
  if (url === undefined) throw new Error(`No Redis for Jest worker ${process.env['JEST_WORKER_ID'] ?? '1'}.`);
  return requireTestRedis(url);
}

/** Registers hooks: a connection for the file, an empty database before each test. Call it inside `describe`. */
export function useRedis(): TestRedis {
  const url = workerRedisUrl();
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 3, connectTimeout: 5_000 });

  beforeAll(() => client.connect());
  beforeEach(() => client.flushdb());
  afterAll(() => client.disconnect());

  return { url, client };
}
