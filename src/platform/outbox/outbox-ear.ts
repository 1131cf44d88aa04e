import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { CONFIG, type Config } from '../config/index.js';
import { OUTBOX_CHANNEL } from './outbox-bell.js';

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_AFTER_MS = 1_000;

/**
 * Hears the bell of the outbox on a connection of its own, since one of the pool goes from hand to hand. What is rung while
 * it is not connected is lost, so that it rings by itself when it is back.
 */
@Injectable()
export class OutboxEar implements OnApplicationShutdown {
  private readonly logger = new Logger(OutboxEar.name);
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Calls back for each ring from now on. Does not wait for the connection. */
  listen(onRing: () => void): void {
    void this.connect(onRing);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(onRing: () => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.config.DATABASE_URL,
      application_name: 'holdfast-worker-ear',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', onRing);
    client.on('error', (error) => this.logger.debug({ msg: 'outbox_ear_lost', reason: error.message }));
    client.on('end', () => this.reconnect(onRing));
    try {
      await client.connect();
      await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
      onRing();
    } catch (error) {
      this.logger.debug({ msg: 'outbox_ear_lost', reason: String(error) });
      await client.end().catch(() => undefined);
      this.reconnect(onRing);
    }
  }

  /** One attempt at a time, whichever of a lost connection's signs comes first. */
  private reconnect(onRing: () => void): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(onRing), RECONNECT_AFTER_MS);
  }
}
