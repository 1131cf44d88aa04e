import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config/index.js';

const COMMAND_TIMEOUT_MS = 250;
const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 2_000;

/**
 * Short-lived copies of what PostgreSQL knows better. Every call is bounded and none throws: while Redis is away, reads
 * answer nothing and writes are dropped, and the caller goes on with the database alone.
 */
@Injectable()
export class RedisStore implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisStore.name);
  private readonly client: Redis;
  private wasReady = false;

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

  async put(key: string, value: string, ttlSeconds: number): Promise<void> {
    await this.attempt(() => this.client.set(key, value, 'EX', ttlSeconds));
  }

  /** The same value under many keys. */
  async putAll(keys: readonly string[], value: string, ttlSeconds: number): Promise<void> {
    const commands = keys.map((key) => ['set', key, value, 'EX', ttlSeconds]);
    await this.attempt(() => this.client.pipeline(commands).exec());
  }

  async drop(...keys: string[]): Promise<void> {
    if (keys.length > 0) await this.attempt(() => this.client.del(...keys));
  }

  async isReachable(): Promise<boolean> {
    return (await this.attempt(() => this.client.ping())) === 'PONG';
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
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
