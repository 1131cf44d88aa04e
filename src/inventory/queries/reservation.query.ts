import { Injectable } from '@nestjs/common';
import type { ReservationId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing, sql, type Tx } from '../../platform/database/index.js';
import { ReservationNotFound } from '../domain/inventory.errors.js';
import type { ReservationWithItems } from '../domain/reservation.js';
import type { ReservationStatus } from '../domain/reservation-state.js';

const COLUMNS = `r.*,
  (SELECT jsonb_agg(jsonb_build_object('productId', l.product_id, 'quantity', l.quantity) ORDER BY l.product_id)
   FROM reservation_lines l WHERE l.reservation_id = r.id) AS items`;

export interface ReservationFilter {
  readonly status?: ReservationStatus | undefined;
  readonly orderId?: string | undefined;
}

/** Reservations with everything that they hold, of orders and of other services. */
@Injectable()
export class ReservationQuery {
  constructor(private readonly database: Database) {}

  /** A page of reservations, newest first. */
  find({ status, orderId }: ReservationFilter, page: Page): Promise<Listing<ReservationWithItems>> {
    const conditions = new Conditions()
      .add((place) => `r.status = ${place}`, status)
      .add((place) => `r.order_id = ${place}`, orderId);
    const plan = { columns: COLUMNS, from: 'reservations r', conditions, orderBy: 'r.id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `r.id < ${place}` }, page);
  }

  /** The reservation as the running transaction leaves it. Throws ReservationNotFound. */
  async getWithin(tx: Tx, id: ReservationId): Promise<ReservationWithItems> {
    const [reservation] = await sql<ReservationWithItems>(tx, `SELECT ${COLUMNS} FROM reservations r WHERE r.id = $1`, [
      id,
    ]);
    if (!reservation) throw new ReservationNotFound(id);
    return reservation;
  }
}
