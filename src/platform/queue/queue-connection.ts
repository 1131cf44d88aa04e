import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CONFIG, type Config } from '../config/index.js';

const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 2_000;

/**
 * The one connection that jobs are put in through. Ours and not BullMQ's: its own pauses grow to 20 s, in which no bell
 * would ring although Redis is back, and when it closes while Redis is away it leaves a client that reconnects for ever.
 */
@Injectable()
export class QueueConnection implements OnApplicationShutdown {
  readonly client: Redis;
  private readonly logger = new Logger(QueueConnection.name);

  constructor(@Inject(CONFIG) config: Config) {
    this.client = new Redis(config.REDIS_URL, {
      // Whoever puts a job in never waits for Redis: it fails at once, and a sweep makes good for the bell.
      enableOfflineQueue: false,
      maxRetriesPerRequest: null,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_PAUSE_MS),
    });
    this.client.on('error', (error) => this.logger.debug({ msg: 'queue_connection_error', reason: error.message }));
  }

  onApplicationShutdown(): void {
    this.client.disconnect();
  }
}
