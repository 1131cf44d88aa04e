import { Injectable } from '@nestjs/common';
import { newId, type ReservationId } from '../../kernel/id.js';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import type { DueReservation, HeldLine, OverdueReservation } from '../domain/reservation.js';
import { expiredHold, HELD_ITEM } from './expired-hold.js';
import { type EndingReservation, STOCK } from './reservation.repository.js';
import { endHolds } from './stock-change.js';

/** The SQL of holds whose time is over. now() is the start of the transaction, and unlike the clock it can use an index. */
const IS_DUE = `status = 'active' AND expires_at <= now() AND (expiry_retry_at IS NULL OR expiry_retry_at <= now())`;

const OVERDUE = 'id, order_id, status, extract(epoch FROM now() - expires_at)::float8 AS overdue_seconds';

@Injectable()
export class ReservationExpiryRepository {
  /** No further order among those of one moment: where ten thousand end at once, each look would have to sort them all. */
  findDue(tx: Tx, limit: number): Promise<DueReservation[]> {
    return sql<DueReservation>(
      tx,
      `SELECT id, order_id FROM reservations WHERE ${IS_DUE} ORDER BY expires_at LIMIT $1`,
      [limit],
    );
  }

  async lockDue(tx: Tx, id: ReservationId): Promise<OverdueReservation | undefined> {
    const [reservation] = await sql<OverdueReservation>(
      tx,
      `SELECT ${OVERDUE} FROM reservations WHERE id = $1 AND ${IS_DUE} FOR UPDATE SKIP LOCKED`,
      [id],
    );
    return reservation;
  }

  /**
   * The same for many, as a question. Locked first and looked at afterwards, since PostgreSQL would look for a hundred ids
   * among all that are due otherwise.
   */
  askDue(ids: readonly ReservationId[]): Question<OverdueReservation> {
    return {
      text: `SELECT ${OVERDUE} FROM (
               SELECT * FROM reservations WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED) locked
             WHERE ${IS_DUE}`,
      parameters: [ids],
    };
  }

  /** FOR UPDATE on the stock that these locked reservations hold, by ascending product id. */
  lockHeldLines(tx: Tx, ids: readonly ReservationId[]): Promise<HeldLine[]> {
    return sql<HeldLine>(
      tx,
      `SELECT line.reservation_id, stock.product_id, line.quantity FROM reservation_lines line
       JOIN stock_levels stock ON stock.product_id = line.product_id
       WHERE line.reservation_id = ANY($1::text[]) ORDER BY stock.product_id, line.reservation_id FOR UPDATE OF stock`,
      [ids],
    );
  }

  /** Ends holds whose time is over, all at once: what they held is available again, and each tells so itself. */
  expire(tx: Tx, holds: readonly EndingReservation[], traceId: string): Promise<void> {
    const lines = holds.flatMap((hold) => hold.lines.map((line) => ({ ...line, id: hold.id, cause: hold.cause })));
    return later(tx, {
      name: STOCK,
      ctes: `line AS (
          SELECT *, $8::text AS trace_id
          FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[]) WITH ORDINALITY
            AS line (reservation_id, product_id, quantity, cause, changed_id, place)
        ), reservation AS (
          UPDATE reservations SET status = 'expired', settled_at = clock_timestamp()
          FROM unnest($1::text[], $2::text[]) AS ending (id, event_id) WHERE reservations.id = ending.id
          RETURNING reservations.id, event_id, order_id, reference, expires_at
        ), held AS (
          SELECT reservation_id, json_agg(${HELD_ITEM} ORDER BY place) AS items FROM line GROUP BY reservation_id
        ), ended AS (
          INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
          SELECT event_id, id, 1, 'reservation.expired', ${expiredHold({ id: 'id', items: 'items' })}, $8::text
          FROM reservation LEFT JOIN held ON held.reservation_id = reservation.id
        ), ${endHolds({ kind: `'expiry'`, sold: false })}`,
      parameters: [
        holds.map((hold) => hold.id),
        holds.map(() => newId('evt')),
        lines.map((line) => line.id),
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        lines.map((line) => line.cause),
        lines.map(() => newId('evt')),
        traceId,
      ],
      must: { cte: 'moved', rows: new Set(lines.map((line) => line.productId)).size },
    });
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
