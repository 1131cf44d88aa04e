import { Injectable } from '@nestjs/common';
import type { ReservationId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database, sql, type Tx } from '../../platform/database/index.js';
import { ReservationNotFound } from '../domain/inventory.errors.js';
import type { ReservationWithItems } from '../domain/reservation.js';
import type { ReservationStatus } from '../domain/reservation-state.js';

const COLUMNS = `r.*,
  (SELECT jsonb_agg(jsonb_build_object('productId', l.product_id, 'quantity', l.quantity) ORDER BY l.product_id)
   FROM reservation_lines l WHERE l.reservation_id = r.id) AS items`;
const FILTER = '($1::text IS NULL OR r.status = $1) AND ($2::text IS NULL OR r.order_id = $2)';

export interface ReservationFilter {
  readonly status?: ReservationStatus | undefined;
  readonly orderId?: string | undefined;
}

/** Reservations with everything that they hold, of orders and of other services. */
@Injectable()
export class ReservationQuery {
  constructor(private readonly database: Database) {}

  /** A page of reservations, newest first. */
  async find({ status, orderId }: ReservationFilter, page: Page): Promise<Listing<ReservationWithItems>> {
    const filter = [status ?? null, orderId ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM reservations r WHERE ${FILTER}`,
      filter,
    );
    const rows = await this.database.read<ReservationWithItems>(
      `SELECT ${COLUMNS} FROM reservations r WHERE ${FILTER} AND ($3::text IS NULL OR r.id < $3)
       ORDER BY r.id DESC LIMIT $4 OFFSET $5`,
      [...filter, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
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
