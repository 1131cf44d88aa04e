import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config/index.js';

/** How long what nobody waits for may gather: long beside one command, short beside anything that is kept. */
const GATHER_MS = 20;
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
  private readonly gathered: (readonly [key: string, value: string, ttlSeconds: number])[] = [];
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

  async put(key: string, value: string, ttlSeconds: number): Promise<void> {
    await this.attempt(() => this.client.set(key, value, 'EX', ttlSeconds));
  }

  async drop(...keys: string[]): Promise<void> {
    if (keys.length > 0) await this.attempt(() => this.client.del(...keys));
  }

  /** The same as {@link put}, soon: nobody waits for it, and what comes in the same moments leaves together. */
  putSoon(key: string, value: string, ttlSeconds: number): void {
    this.gathered.push([key, value, ttlSeconds]);
    if (this.gathered.length === 1) setTimeout(() => void this.sendGathered(), GATHER_MS).unref();
  }

  async isReachable(): Promise<boolean> {
    return (await this.attempt(() => this.client.ping())) === 'PONG';
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }

  private async sendGathered(): Promise<void> {
    const gathered = this.gathered.splice(0);
    await this.attempt(() => {
      const pipeline = this.client.pipeline();
      for (const [key, value, ttlSeconds] of gathered) pipeline.set(key, value, 'EX', ttlSeconds);
      return pipeline.exec();
    });
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
