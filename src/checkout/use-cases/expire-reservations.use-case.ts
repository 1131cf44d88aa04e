import { Injectable, Logger } from '@nestjs/common';
import { type DueReservation, ReservationExpiryFacade } from '../../inventory/index.js';
import { inParts } from '../../kernel/in-parts.js';
import { Database } from '../../platform/database/index.js';
import { ExpireHold } from './expire-hold.js';
import { type ExpiredHolds, ExpireHolds } from './expire-holds.js';

const MOST_AT_A_LOOK = 1_000;
const MOST_LOOKS = 50;
/** Holds of one transaction: so many that their number hardly counts, so few that no buyer waits long for their stock. */
const MOST_TOGETHER = 100;
/** Transactions at once: they wait for the database far more than they compute. */
const LANES = { together: 5, oneByOne: 4 };

/**
 * Ends the holds whose time is over, in short transactions: many at once where only the clock has a say, the others by
 * themselves. Safe to run at any time, in any number of workers: what one of them works on the others pass over.
 */
@Injectable()
export class ExpireReservations {
  private readonly logger = new Logger(ExpireReservations.name);

  constructor(
    private readonly database: Database,
    private readonly expiry: ReservationExpiryFacade,
    private readonly expireHolds: ExpireHolds,
    private readonly expireHold: ExpireHold,
  ) {}

  /**
   * Goes on until nothing is due, or until it is told to stop. Answers how many holds it decided about: those that are kept
   * for now come back later and keep nobody waiting.
   */
  async execute(stop?: AbortSignal): Promise<number> {
    let decided = 0;
    for (let look = 0; look < MOST_LOOKS && stop?.aborted !== true; look += 1) {
      const due = await this.database.transaction((tx) => this.expiry.findDue(tx, MOST_AT_A_LOOK));
      const done = await this.expireAll(due);
      decided += done;
      if (due.length < MOST_AT_A_LOOK || done === 0) break;
    }
    return decided;
  }

  private async expireAll(due: readonly DueReservation[]): Promise<number> {
    const parts = inParts(due, MOST_TOGETHER);
    const together = await inLanes(parts, LANES.together, (part) => this.expireTogether(part));
    const left = together.flatMap((each) => each.left);
    const alone = await inLanes(left, LANES.oneByOne, (hold) => this.expireAlone(hold));
    return together.reduce((sum, { ended }) => sum + ended, 0) + alone.filter(Boolean).length;
  }

  /** Where one of them cannot be ended, none is: then each is tried by itself. */
  private async expireTogether(due: readonly DueReservation[]): Promise<ExpiredHolds> {
    try {
      return await this.database.transaction((tx) => this.expireHolds.execute(tx, due));
    } catch (error) {
      this.logger.warn({ msg: 'reservations_not_expired_together', count: due.length, reason: String(error) });
      return { ended: 0, left: due };
    }
  }

  /** One hold that cannot be ended must not keep the others waiting. */
  private async expireAlone(due: DueReservation): Promise<boolean> {
    try {
      return await this.database.transaction((tx) => this.expireHold.execute(tx, due));
    } catch (error) {
      this.logger.error({ msg: 'reservation_not_expired', reservation_id: due.id, reason: String(error) });
      return false;
    }
  }
}

/** Works on all items, on so many at once. */
async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const waiting = [...items];
  const results: Result[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results.push(await work(next));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
