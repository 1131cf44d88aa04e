import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/index.js';
import type { HeldReservation } from './domain/reservation.js';
import { type ReservationOutcome, reservationMachine } from './domain/reservation-state.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { ReservationSigns } from './reservation-signs.js';

/** The one way out of a hold, whoever asks for it. */
@Injectable()
export class EndReservation {
  constructor(
    private readonly database: Database,
    private readonly reservations: ReservationRepository,
    private readonly signs: ReservationSigns,
  ) {}

  /** Ends a locked reservation, unless it has ended before: every hold ends exactly once. */
  async execute(tx: Tx, { id, orderId, status }: HeldReservation, outcome: ReservationOutcome): Promise<boolean> {
    if (!reservationMachine.allows(status, outcome)) return false;
    const lines = await this.reservations.lockHeldLines(tx, id);
    if (outcome === 'confirmed') await this.reservations.sell(tx, id, lines, orderId ?? id);
    else await this.reservations.giveBack(tx, id, lines, outcome);
    this.database.afterCommit(tx, () => this.signs.hide(id));
    return true;
  }
}
