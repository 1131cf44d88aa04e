import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import pg from 'pg';
import request from 'supertest';
import type { Sandbox, SandboxOptions } from '../../sandbox/index.js';
import { createApi } from '../../src/create-api.js';
import { type Config, loadConfig } from '../../src/platform/config/index.js';
import { ApiClient } from './api-client.js';
import { cloneDatabase, truncateAll } from './database.js';
import { LogLines } from './log-lines.js';
import { workerRedisUrl } from './redis.js';
import { signToken, type TokenSubject } from './tokens.js';

export { ApiClient, type CallOptions } from './api-client.js';

export interface ApiOptions {
  /** Environment variables beside those that every test API gets. */
  readonly config?: Readonly<Partial<Record<keyof Config, string>>>;
  /** URL of a test database that the caller drops himself. Without it the API gets a clone of its own. */
  readonly database?: string;
  /** Starts a Stripe sandbox in this process and points the API at it; signed webhooks come back to the API. */
  readonly stripe?: boolean | SandboxOptions;
}

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement outside of the application's pool. Rows as SQL names them, bigint as numbers. */
  query<Row extends object = Record<string, unknown>>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  truncateAll(): Promise<void>;
}

export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly database: TestDatabase;
  /** Database 15 of this worker; emptied when the API starts. */
  readonly redis: Redis;
  readonly logs: LogLines;
  /** `http://127.0.0.1:<port>`: the API listens, so that requests can run side by side. */
  readonly url: string;
  readonly sandbox: Sandbox | undefined;
  /** Requests without any credential. */
  readonly http: ReturnType<typeof request>;
  tokenFor(subject: TokenSubject): Promise<string>;
  /** A customer; without a name a new one, whose cart and orders nobody else has. */
  customer(sub?: string, email?: string): ApiClient;
  admin(sub?: string): ApiClient;
  internal(): ApiClient;
  /** Whoever has this token, right or wrong. */
  bearer(token: string, id?: string): ApiClient;
  /** Closes the application and everything that was started for it. */
  close(): Promise<void>;
}

type Stop = () => unknown;

/** Shorter than Jest's own limit, which does not tell what it waited for. */
const STOP_LIMIT_MS = 15_000;

/**
 * Boots the whole API in this process on a migrated database of its own and Redis database 15. Once per file, in
 * `beforeAll`; `close()` in `afterAll`.
 */
export async function startApi(options: ApiOptions = {}): Promise<TestApi> {
  const stops: Stop[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stopInTime(stop);
  };
  try {
    return await boot(options, stops, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function stopInTime(stop: Stop): Promise<void> {
  const late = once(AbortSignal.timeout(STOP_LIMIT_MS), 'abort').then(() => {
    throw new Error(`not within ${STOP_LIMIT_MS} ms: ${stop.toString()}`);
  });
  await Promise.race([stop(), late]);
}

async function boot(options: ApiOptions, stops: Stop[], close: () => Promise<void>): Promise<TestApi> {
  const database = await provideDatabase(options.database, stops);
  const redis = await provideRedis(stops);
  const webhookSecret = `whsec_${randomBytes(24).toString('hex')}`;
  const sandbox = options.stripe ? await provideSandbox(options.stripe, stops) : undefined;
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    RATE_LIMIT_PER_MINUTE: '0',
    DATABASE_URL: database.url,
    REDIS_URL: workerRedisUrl(),
    JWT_SECRET: randomBytes(32).toString('hex'),
    SVC_INTERNAL_KEY: randomBytes(24).toString('hex'),
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    ...(sandbox
      ? { STRIPE_SECRET_KEY: `sk_test_${randomBytes(12).toString('hex')}`, STRIPE_API_BASE: sandbox.url }
      : {}),
    ...options.config,
  });
  const logs = new LogLines();
  const app = await createApi(config, logs);
  stops.push(() => app.close());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await app.listen(0, '127.0.0.1');
  const url = originOf(app);
  if (sandbox) await sendWebhooksTo(sandbox, `${url}${config.HTTP_PREFIX}/v1/webhooks/stripe`, webhookSecret);
  return { app, config, database, redis, logs, url, sandbox, http: request(url), close, ...callers(url, config) };
}

function callers(url: string, config: Config) {
  const secret = config.JWT_SECRET ?? '';
  const bearer = (token: string, id = 'unknown'): ApiClient =>
    new ApiClient(url, id, { Authorization: `Bearer ${token}` });
  const signedIn = (subject: TokenSubject): ApiClient => bearer(signToken(subject, secret), subject.sub);
  return {
    bearer,
    tokenFor: async (subject: TokenSubject): Promise<string> => signToken(subject, secret),
    customer: (sub = `customer_${randomBytes(6).toString('hex')}`, email = `${sub}@example.com`) =>
      signedIn({ sub, role: 'customer', email }),
    admin: (sub = 'admin_alice') => signedIn({ sub, role: 'admin', email: 'alice@example.com' }),
    internal: () => new ApiClient(url, 'internal', { 'X-Internal-Key': config.SVC_INTERNAL_KEY }),
  };
}

async function provideDatabase(given: string | undefined, stops: Stop[]): Promise<TestDatabase> {
  let url = given;
  if (url === undefined) {
    const clone = await cloneDatabase();
    stops.push(() => clone.drop());
    url = clone.url;
  }
  const where = url;
  const pool = new pg.Pool({ connectionString: where, max: 3, types: { getTypeParser } });
  // A connection that breaks while nobody uses it is replaced; a query that fails still fails loudly.
  pool.on('error', () => undefined);
  stops.push(() => pool.end());
  return {
    url: where,
    query: async <Row extends object>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
      const result = await pool.query<Row>(text, [...parameters]);
      return result.rows;
    },
    truncateAll: () => truncateAll(where),
  };
}

const INT8_OID = 20;

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'text' : format);
}

async function provideRedis(stops: Stop[]): Promise<Redis> {
  const redis = new Redis(workerRedisUrl(), { maxRetriesPerRequest: 3, connectTimeout: 5_000 });
  // A test that takes Redis away makes this client complain as well; its own commands still fail loudly.
  redis.on('error', () => undefined);
  stops.push(() => redis.disconnect());
  await redis.flushdb();
  return redis;
}

async function provideSandbox(option: true | SandboxOptions, stops: Stop[]): Promise<Sandbox> {
  const { startSandbox } = await import('../../sandbox/index.js');
  const sandbox = await startSandbox(option === true ? {} : option);
  stops.push(() => sandbox.stop());
  return sandbox;
}

async function sendWebhooksTo(sandbox: Sandbox, url: string, secret: string): Promise<void> {
  const answer = await fetch(`${sandbox.url}/_sandbox/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to POST /_sandbox/webhooks`);
}

function originOf(app: NestFastifyApplication): string {
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error('the API does not listen on a TCP port');
  return `http://127.0.0.1:${address.port}`;
}
