import { totalmem } from 'node:os';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type Service, startPostgres, startRedis } from '../../tools/services.js';

/** A quarter of the machine's, as https://www.postgresql.org/docs/current/runtime-config-resource.html advises. */
const SHARED_BUFFERS_MB = Math.floor(totalmem() / 4 / 1_024 ** 2);
/**
 * What a shop that takes its database seriously would set on a machine of this size. Durability is PostgreSQL's own
 * default: fsync and synchronous_commit are on.
 */
const SETTINGS = [
  `shared_buffers=${SHARED_BUFFERS_MB}MB`,
  'max_wal_size=8GB',
  'checkpoint_timeout=15min',
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.max=10000',
];
const FIRST_DATABASE = 'bench';
const REDIS_DATABASES = 16;

export interface BenchServices {
  readonly postgresPid: number;
  readonly redisPid: number;
  /** Of an empty one of its sixteen databases: what queues of another service hold rings for nobody here. */
  freshRedisUrl(): Promise<string>;
  readonly description: string;
  databaseUrl(database: string, role?: string): string;
  /** Runs statements in one of the databases, one after the other. */
  execute(database: string, ...statements: string[]): Promise<void>;
  /** Asks one of the databases. */
  query<Row extends object>(database: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** A durable PostgreSQL and a native Redis, both gone after `stop()`. Throws where there is no native Redis. */
export async function startBenchServices(): Promise<BenchServices> {
  // What the environment names may matter to somebody, and a benchmark fills what it gets.
  for (const name of ['DATABASE_URL', 'REDIS_URL']) Reflect.deleteProperty(process.env, name);
  const started: Service[] = [];
  const stop = async (): Promise<void> => {
    for (const service of started.splice(0).reverse()) await service.stop();
  };
  try {
    const redis = await startRedis();
    started.push(redis);
    if (redis.kind === 'js-redis-server') {
      throw new Error(
        'The benchmark needs redis-server or valkey-server on the PATH, for example from `apt-get install redis-server`.',
      );
    }
    const postgres = await startPostgres({ database: FIRST_DATABASE, durable: true, settings: SETTINGS });
    started.push(postgres);
    return { ...describe(postgres, redis), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function describe(postgres: Service, redis: Service): Omit<BenchServices, 'stop'> {
  const databaseUrl = (database: string, role?: string): string => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    if (role !== undefined) url.username = role;
    return url.href;
  };
  let taken = -1;
  return {
    postgresPid: postgres.pid ?? 0,
    redisPid: redis.pid ?? 0,
    freshRedisUrl: async () => {
      taken = (taken + 1) % REDIS_DATABASES;
      const url = `${redis.url}/${taken}`;
      const client = new Redis(url);
      await client.flushdb();
      await client.quit();
      return url;
    },
    description: `PostgreSQL (fsync and synchronous_commit on, ${SETTINGS.slice(0, 3).join(', ')}), ${redis.kind}`,
    databaseUrl,
    execute: (database, ...statements) =>
      connected(databaseUrl(database), async (client) => {
        for (const statement of statements) await client.query(statement);
      }),
    query: <Row extends object>(database: string, text: string, values: readonly unknown[] = []) =>
      connected(databaseUrl(database), async (client) => (await client.query<Row>(text, [...values])).rows),
  };
}

async function connected<Result>(
  connectionString: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
