import { Injectable, Logger } from '@nestjs/common';
import { type DueReservation, ReservationExpiryFacade } from '../../inventory/index.js';
import { Database } from '../../platform/database/index.js';
import { ExpireHold } from './expire-hold.js';

const BATCH = 200;
const MOST_BATCHES = 50;
/** Transactions at once: they wait for the database far more than they compute. */
const LANES = 4;

/**
 * Ends the holds whose time is over, one short transaction each. Safe to run at any time, in any number of workers: what
 * one of them works on the others pass over.
 */
@Injectable()
export class ExpireReservations {
  private readonly logger = new Logger(ExpireReservations.name);

  constructor(
    private readonly database: Database,
    private readonly expiry: ReservationExpiryFacade,
    private readonly expireHold: ExpireHold,
  ) {}

  /** Answers how many holds it decided about. Those that are kept for now come back later and keep nobody waiting. */
  async execute(): Promise<number> {
    let decided = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
      const due = await this.database.transaction((tx) => this.expiry.findDue(tx, BATCH));
      const done = await this.expireAll(due);
      decided += done;
      if (due.length < BATCH || done === 0) break;
    }
    return decided;
  }

  private async expireAll(due: readonly DueReservation[]): Promise<number> {
    const waiting = [...due];
    let decided = 0;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        if (await this.expireSafely(next)) decided += 1;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return decided;
  }

  /** One hold that cannot be ended must not keep the others waiting. */
  private async expireSafely(due: DueReservation): Promise<boolean> {
    try {
      return await this.database.transaction((tx) => this.expireHold.execute(tx, due));
    } catch (error) {
      this.logger.error({ msg: 'reservation_not_expired', reservation_id: due.id, reason: String(error) });
      return false;
    }
  }
}
