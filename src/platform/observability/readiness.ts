import { Injectable } from '@nestjs/common';
import { Database, Migrations } from '../database/index.js';
import { QueueHealth } from '../queue/index.js';
import { RedisStore } from '../redis/index.js';

const CHECK_TIMEOUT_MS = 2_000;

type Verdict = 'up' | 'down' | 'pending';

export interface ReadinessReport {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly postgres: { readonly status: Verdict };
  readonly redis: { readonly status: Verdict };
  readonly migrations: { readonly status: Verdict; readonly pending?: readonly string[] };
  readonly queue: { readonly status: Verdict };
}

/** Whether this process can serve: not at all without PostgreSQL or with an old schema, degraded without Redis. */
@Injectable()
export class Readiness {
  constructor(
    private readonly database: Database,
    private readonly migrations: Migrations,
    private readonly redis: RedisStore,
    private readonly queue: QueueHealth,
  ) {}

  async check(): Promise<ReadinessReport> {
    const [postgres, pending, redis, queue] = await Promise.all([
      within(this.database.read('SELECT 1 AS one').then(() => true)),
      within(this.migrations.findPending()),
      within(this.redis.isReachable()),
      within(this.queue.isReachable()),
    ]);
    const schema = describeSchema(pending);
    const serves = postgres === true && schema.status === 'up';
    const whole = redis === true && queue === true;
    return {
      status: serves ? (whole ? 'ok' : 'degraded') : 'down',
      postgres: verdict(postgres),
      redis: verdict(redis),
      migrations: schema,
      queue: verdict(queue),
    };
  }
}

function verdict(answer: boolean | undefined): { status: Verdict } {
  return { status: answer === true ? 'up' : 'down' };
}

function describeSchema(pending: readonly string[] | undefined): ReadinessReport['migrations'] {
  if (!pending) return { status: 'down' };
  return pending.length === 0 ? { status: 'up' } : { status: 'pending', pending };
}

/** The check's answer, or undefined where it fails or takes too long. */
async function within<T>(check: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([check, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
