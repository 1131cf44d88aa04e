import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { ReservationId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import { ReservationNotActive, ReservationNotFound } from '../domain/inventory.errors.js';
import type { ReservationWithItems } from '../domain/reservation.js';
import { EndReservation } from '../end-reservation.js';
import { ReservationRepository } from '../persistence/reservation.repository.js';
import { ReservationQuery } from '../queries/reservation.query.js';

/**
 * Another service sells or gives back what it holds, once: the same word again changes nothing and hears the same. Throws
 * ReservationNotFound, and ReservationNotActive where the hold has ended another way. While nobody ended it, it can be sold
 * after its time as well.
 */
@Injectable()
export class SettleReservation {
  constructor(
    private readonly database: Database,
    private readonly reservations: ReservationRepository,
    private readonly endReservation: EndReservation,
    private readonly query: ReservationQuery,
  ) {}

  execute(actor: Actor, id: ReservationId, outcome: 'confirmed' | 'released'): Promise<ReservationWithItems> {
    return this.database.transaction(async (tx) => {
      const reservation = await this.reservations.lockReferenced(tx, id);
      if (!reservation) throw new ReservationNotFound(id);
      const ended = await this.endReservation.execute(tx, actor, reservation, outcome);
      if (!ended && reservation.status !== outcome) throw new ReservationNotActive(id, reservation.status);
      return this.query.getWithin(tx, id);
    });
  }
}
