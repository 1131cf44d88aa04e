import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import type { ReservationId } from '../kernel/id.js';
import { Database, type Question, type Tx } from '../platform/database/index.js';
import type { DueReservation, OverdueReservation } from './domain/reservation.js';
import { EndReservation } from './end-reservation.js';
import { ReservationExpiryRepository } from './persistence/reservation-expiry.repository.js';
import { ReservationSigns } from './reservation-signs.js';
import { type StockAnnouncer, StockNews } from './stock-news.js';

/** What upper floors may do in their transaction with holds whose time is over, by the database's clock. */
@Injectable()
export class ReservationExpiryFacade {
  constructor(
    private readonly database: Database,
    private readonly signs: ReservationSigns,
    private readonly expiry: ReservationExpiryRepository,
    private readonly endReservation: EndReservation,
    @Inject(StockNews) private readonly news: StockAnnouncer,
  ) {}

  /** Candidates, longest overdue first, without a lock: look again under one. */
  findDue(tx: Tx, limit: number): Promise<DueReservation[]> {
    return this.expiry.findDue(tx, limit);
  }

  /** Locks a hold that is still active after its time; undefined where it is not, or where somebody else works on it. */
  lockDue(tx: Tx, id: ReservationId): Promise<OverdueReservation | undefined> {
    return this.expiry.lockDue(tx, id);
  }

  /** The same for many, as a question. */
  askDue(ids: readonly ReservationId[]): Question<OverdueReservation> {
    return this.expiry.askDue(ids);
  }

  /** Gives back what a locked hold keeps. */
  async expire(tx: Tx, actor: Actor, reservation: OverdueReservation): Promise<void> {
    await this.endReservation.execute(tx, actor, reservation, 'expired');
  }

  /** Gives back what these locked holds keep, all at once. Call it before anything else is written: it locks their stock. */
  async expireAll(tx: Tx, actor: Actor, holds: readonly OverdueReservation[]): Promise<void> {
    const ids = holds.map((hold) => hold.id);
    const held = await this.expiry.lockHeldLines(tx, ids);
    const ending = holds.map(({ id, orderId }) => {
      return { id, cause: orderId ?? id, lines: held.filter((line) => line.reservationId === id) };
    });
    await this.expiry.expire(tx, ending, this.news.announce(tx, actor).traceId);
    this.database.afterCommit(tx, () => this.signs.hide(...ids));
  }

  /** Lets what an order holds end in `ttlSeconds` from now, and answers when that is; undefined where it holds nothing. */
  async extend(tx: Tx, orderId: string, ttlSeconds: number): Promise<Date | undefined> {
    const extended = await this.expiry.extend(tx, orderId, ttlSeconds);
    if (extended) this.database.afterCommit(tx, () => this.signs.show({ ...extended, holder: orderId, ttlSeconds }));
    return extended?.expiresAt;
  }

  /** Keeps a locked hold beyond its time: it is looked at again in so many seconds. */
  keep(tx: Tx, id: ReservationId, seconds: number): Promise<void> {
    return this.expiry.keep(tx, id, seconds);
  }
}
