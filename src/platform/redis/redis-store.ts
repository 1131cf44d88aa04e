import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config/index.js';

const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 2_000;

/** A name and its arguments, as the protocol has them. */
type Write = readonly (string | number)[];

/** Writes that are about to leave. */
interface Gathered {
  readonly writes: Write[];
  readonly sent: Promise<void>;
}

/**
 * Short-lived copies of what PostgreSQL knows better. Every call is bounded and none throws: while Redis is away, reads
 * answer nothing and writes are dropped, and the caller goes on with the database alone.
 */
@Injectable()
export class RedisStore implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisStore.name);
  private readonly client: Redis;
  private wasReady = false;
  private gathered: Gathered | undefined;

  constructor(@Inject(CONFIG) config: Config) {
    this.client = new Redis(config.REDIS_URL, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_PAUSE_MS),
    });
    this.client.on('ready', () => (this.wasReady = true));
    this.client.on('error', (error) => this.reportLoss(error));
  }

  async get(key: string): Promise<string | undefined> {
    return this.attempt(async () => (await this.client.get(key)) ?? undefined);
  }

  /** Those of these keys that are there. */
  async known(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const values = await this.attempt(() => this.client.mget([...keys]));
    return new Set(keys.filter((_, place) => (values?.[place] ?? null) !== null));
  }

  put(key: string, value: string, ttlSeconds: number): Promise<void> {
    return this.putAll([key], value, ttlSeconds);
  }

  /** The same value under many keys. */
  putAll(keys: readonly string[], value: string, ttlSeconds: number): Promise<void> {
    return this.write(keys.map((key) => ['set', key, value, 'EX', ttlSeconds]));
  }

  drop(...keys: string[]): Promise<void> {
    return this.write(keys.length > 0 ? [['del', ...keys]] : []);
  }

  async isReachable(): Promise<boolean> {
    return (await this.attempt(() => this.client.ping())) === 'PONG';
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }

  /** What is written in one and the same moment leaves together, in its order: each sending wakes two processes. */
  private write(writes: readonly Write[]): Promise<void> {
    const gathered = (this.gathered ??= { writes: [], sent: this.send() });
    gathered.writes.push(...writes);
    return gathered.sent;
  }

  private async send(): Promise<void> {
    await new Promise((resolve) => process.nextTick(resolve));
    const writes = this.gathered?.writes ?? [];
    this.gathered = undefined;
    if (writes.length > 0) await this.attempt(() => this.sendTogether(writes));
  }

  /** Throws the first failure, if there is one; the others have been done all the same. */
  private async sendTogether(writes: readonly Write[]): Promise<void> {
    const results = await this.client.pipeline(writes.map((write) => [...write])).exec();
    const [failure] = results?.find(([error]) => error) ?? [];
    if (failure) throw failure;
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (this.client.status !== 'ready') return undefined;
    try {
      return await command();
    } catch (error) {
      this.logger.debug({ msg: 'redis_command_failed', reason: String(error) });
      return undefined;
    }
  }

  /** One line per loss: ioredis reports every failed reconnect, several a second. */
  private reportLoss(error: Error): void {
    if (!this.wasReady) return;
    this.wasReady = false;
    this.logger.warn({ msg: 'redis_lost', reason: error.message });
  }
}
