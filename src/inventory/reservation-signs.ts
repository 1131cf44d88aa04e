import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { ReservationId } from '../kernel/id.js';
import { RESERVATIONS_QUEUE } from '../platform/queue/index.js';
import { RedisStore } from '../platform/redis/index.js';
import { reservationKey } from './domain/reservation.js';

export const EXPIRE_RESERVATIONS = 'expire-reservations';

/** Holds that end within the same quarter of a second share one bell. */
const BELL_MS = 250;

export interface NewHold {
  readonly id: ReservationId;
  /** The order, or the reference of another service. */
  readonly holder: string;
  readonly ttlSeconds: number;
  readonly expiresAt: Date;
}

/**
 * What is to be seen and heard of a hold: a key in Redis that lives as long as it should, and a bell when its time is over.
 * Neither decides anything. Without Redis there are no signs, and the worker's sweep ends the hold all the same.
 */
@Injectable()
export class ReservationSigns {
  private readonly logger = new Logger(ReservationSigns.name);
  private lastBell = 0;

  constructor(
    private readonly redis: RedisStore,
    @InjectQueue(RESERVATIONS_QUEUE) private readonly queue: Queue,
  ) {}

  show(hold: NewHold): Promise<void> {
    this.setBell(hold);
    return this.redis.put(reservationKey(hold.id), hold.holder, hold.ttlSeconds);
  }

  hide(...ids: readonly ReservationId[]): Promise<void> {
    return this.redis.drop(...ids.map(reservationKey));
  }

  /**
   * Returns at once: no request waits for Redis. The delay counts from the TTL and not from the time of day, because
   * `expiresAt` is the database's time and this host's clock may go differently.
   */
  private setBell({ ttlSeconds, expiresAt }: NewHold): void {
    const bell = Math.floor(expiresAt.getTime() / BELL_MS) + 1;
    if (bell === this.lastBell) return;
    this.lastBell = bell;
    const delay = ttlSeconds * 1_000 + bell * BELL_MS - expiresAt.getTime();
    this.queue.add(EXPIRE_RESERVATIONS, {}, { delay, jobId: `expire-${bell}` }).catch((error: unknown) => {
      this.lastBell = 0;
      this.logger.debug({ msg: 'reservation_bell_not_set', reason: String(error) });
    });
  }
}
