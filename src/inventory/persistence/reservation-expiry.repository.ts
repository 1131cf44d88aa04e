import { Injectable } from '@nestjs/common';
import type { ReservationId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import type { DueReservation, OverdueReservation } from '../domain/reservation.js';

/** The SQL of holds whose time is over. now() is the start of the transaction, and unlike the clock it can use an index. */
const IS_DUE = `status = 'active' AND expires_at <= now() AND (expiry_retry_at IS NULL OR expiry_retry_at <= now())`;

@Injectable()
export class ReservationExpiryRepository {
  findDue(tx: Tx, limit: number): Promise<DueReservation[]> {
    return sql<DueReservation>(
      tx,
      `SELECT id, order_id FROM reservations WHERE ${IS_DUE} ORDER BY expires_at, id LIMIT $1`,
      [limit],
    );
  }

  async lockDue(tx: Tx, id: ReservationId): Promise<OverdueReservation | undefined> {
    const [reservation] = await sql<OverdueReservation>(
      tx,
      `SELECT id, order_id, status, extract(epoch FROM now() - expires_at)::float8 AS overdue_seconds
       FROM reservations WHERE id = $1 AND ${IS_DUE} FOR UPDATE SKIP LOCKED`,
      [id],
    );
    return reservation;
  }

  async keep(tx: Tx, id: ReservationId, seconds: number): Promise<void> {
    await sql(tx, 'UPDATE reservations SET expiry_retry_at = now() + make_interval(secs => $2) WHERE id = $1', [
      id,
      seconds,
    ]);
  }

  /** Moves the end of an order's active hold to `seconds` from now, in whole milliseconds; undefined where it has none. */
  async extend(
    tx: Tx,
    orderId: string,
    seconds: number,
  ): Promise<{ readonly id: ReservationId; readonly expiresAt: Date } | undefined> {
    const [extended] = await sql<{ id: ReservationId; expiresAt: Date }>(
      tx,
      `UPDATE reservations SET expiry_retry_at = NULL,
         expires_at = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $2)
       WHERE order_id = $1 AND status = 'active' RETURNING id, expires_at`,
      [orderId, seconds],
    );
    return extended;
  }
}
