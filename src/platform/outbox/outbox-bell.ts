import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/index.js';

/** The channel that {@link OutboxEar} listens on. */
export const OUTBOX_CHANNEL = 'holdfast_outbox';

/** Events of so many milliseconds share a ring. */
const GATHER_MS = 100;

/**
 * Tells the relay that there are events. Never inside the business transaction: PostgreSQL takes one lock of the whole
 * server for every commit that has notified, so that busy checkouts would commit one after the other. A ring that gets lost
 * costs a second, since the relay looks by itself as well.
 */
@Injectable()
export class OutboxBell implements BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxBell.name);
  private timer: NodeJS.Timeout | undefined;
  private ringing = false;
  private stopped = false;

  constructor(private readonly database: Database) {}

  /** Returns at once. */
  ring(): void {
    if (this.timer !== undefined || this.stopped) return;
    this.timer = setTimeout(() => void this.notify(), GATHER_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Whoever rings from now on is not heard by this call any more, and needs the next one. */
  private async notify(): Promise<void> {
    this.timer = undefined;
    if (this.ringing) return this.ring();
    this.ringing = true;
    try {
      await this.database.read(`NOTIFY ${OUTBOX_CHANNEL}`);
    } catch (error) {
      this.logger.debug({ msg: 'outbox_bell_not_rung', reason: String(error) });
    } finally {
      this.ringing = false;
    }
  }
}
