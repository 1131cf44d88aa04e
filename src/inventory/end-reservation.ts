import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { Database, type Tx } from '../platform/database/index.js';
import type { HeldReservation, ReservationLine } from './domain/reservation.js';
import { type ReservationOutcome, reservationMachine } from './domain/reservation-state.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { ReservationSigns } from './reservation-signs.js';
import { type StockAnnouncer, StockNews } from './stock-news.js';

/** The one way out of a hold, whoever asks for it. */
@Injectable()
export class EndReservation {
  constructor(
    private readonly database: Database,
    private readonly reservations: ReservationRepository,
    private readonly signs: ReservationSigns,
    @Inject(StockNews) private readonly news: StockAnnouncer,
  ) {}

  /** Ends a locked reservation, unless it has ended before: every hold ends exactly once. */
  async execute(tx: Tx, actor: Actor, hold: HeldReservation, outcome: ReservationOutcome): Promise<boolean> {
    if (!reservationMachine.allows(hold.status, outcome)) return false;
    return this.end(tx, actor, { ...hold, held: await this.reservations.lockHeldLines(tx, hold.id) }, outcome);
  }

  /** The same where its stock is locked as well, which a sale does not need. */
  async end(
    tx: Tx,
    actor: Actor,
    { id, orderId, status, held }: HeldReservation & { readonly held: readonly ReservationLine[] },
    outcome: ReservationOutcome,
  ): Promise<boolean> {
    if (!reservationMachine.allows(status, outcome)) return false;
    const ending = { id, lines: held, cause: orderId ?? id };
    const announcement = this.news.announce(tx, actor);
    if (outcome === 'confirmed') await this.reservations.sell(tx, ending, announcement);
    else await this.reservations.giveBack(tx, ending, outcome, announcement);
    this.database.afterCommit(tx, () => this.signs.hide(id));
    return true;
  }
}
