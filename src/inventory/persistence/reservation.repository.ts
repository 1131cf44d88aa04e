import { Injectable } from '@nestjs/common';
import { newId, type ReservationId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import type { HeldReservation, ReservationLine } from '../domain/reservation.js';
import type { ReservationOutcome } from '../domain/reservation-state.js';

export interface NewReservation {
  readonly id: ReservationId;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly ttlSeconds: number;
  /** When the hold ends; null: `ttlSeconds` from now. */
  readonly expiresAt: Date | null;
}

/** The SQL of reservations. Whatever changes stock here needs the stock rows locked by the same transaction. */
@Injectable()
export class ReservationRepository {
  /** Holds all lines in one statement and answers when the hold ends, by the database's clock, in whole milliseconds. */
  async hold(tx: Tx, reservation: NewReservation, lines: readonly ReservationLine[]): Promise<Date> {
    const [held] = await sql<{ expiresAt: Date }>(
      tx,
      `WITH line AS (
         SELECT * FROM unnest($5::text[], $6::bigint[]) AS line (product_id, quantity)
       ), reservation AS (
         INSERT INTO reservations (id, order_id, reference, expires_at)
         VALUES ($1, $2, $3,
                 coalesce($7, date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $4)))
         RETURNING expires_at
       ), kept AS (
         INSERT INTO reservation_lines (reservation_id, product_id, quantity) SELECT $1, product_id, quantity FROM line
       ), raised AS (
         UPDATE stock_levels stock SET reserved = stock.reserved + line.quantity, updated_at = now()
         FROM line WHERE stock.product_id = line.product_id
       )
       SELECT expires_at FROM reservation`,
      [
        ...[reservation.id, reservation.orderId, reservation.reference, reservation.ttlSeconds],
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        reservation.expiresAt,
      ],
    );
    if (!held) throw new Error(`reservation ${reservation.id} was not stored`);
    return held.expiresAt;
  }

  /** FOR UPDATE on the order's reservation: the active one, otherwise the one that was settled last. */
  async lockForOrder(tx: Tx, orderId: string): Promise<HeldReservation | undefined> {
    const [reservation] = await sql<HeldReservation>(
      tx,
      `SELECT id, order_id, status FROM reservations WHERE order_id = $1
       ORDER BY settled_at DESC NULLS FIRST LIMIT 1 FOR UPDATE`,
      [orderId],
    );
    return reservation;
  }

  /** FOR UPDATE on a reservation that another service made; one of an order is not to be had this way. */
  async lockReferenced(tx: Tx, id: ReservationId): Promise<HeldReservation | undefined> {
    const [reservation] = await sql<HeldReservation>(
      tx,
      'SELECT id, order_id, status FROM reservations WHERE id = $1 AND reference IS NOT NULL FOR UPDATE',
      [id],
    );
    return reservation;
  }

  /**
   * The reservation that has this reference, if any. Until the transaction ends nobody else asks the same: of two requests
   * at once the second one finds what the first one made, even where that took the last unit.
   */
  async lockReference(tx: Tx, reference: string): Promise<ReservationId | undefined> {
    await sql(tx, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`reservation:${reference}`]);
    const [found] = await sql<{ id: ReservationId }>(tx, 'SELECT id FROM reservations WHERE reference = $1', [
      reference,
    ]);
    return found?.id;
  }

  /** FOR UPDATE on the stock that a reservation holds, by ascending product id. Lock the reservation before. */
  lockHeldLines(tx: Tx, id: ReservationId): Promise<ReservationLine[]> {
    return sql<ReservationLine>(
      tx,
      `SELECT stock.product_id, line.quantity FROM reservation_lines line
       JOIN stock_levels stock ON stock.product_id = line.product_id
       WHERE line.reservation_id = $1 ORDER BY stock.product_id FOR UPDATE OF stock`,
      [id],
    );
  }

  /** Ends a hold by a sale: the units leave the shelf, with one movement for each product. */
  async sell(tx: Tx, id: ReservationId, lines: readonly ReservationLine[], cause: string): Promise<void> {
    await sql(
      tx,
      `WITH line AS (
         SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[]) AS line (movement_id, product_id, quantity)
       ), reservation AS (
         UPDATE reservations SET status = 'confirmed', settled_at = clock_timestamp() WHERE id = $1
       ), movement AS (
         INSERT INTO stock_movements (id, product_id, delta, kind, cause)
         SELECT movement_id, product_id, -quantity, 'sale', $5 FROM line
       )
       UPDATE stock_levels stock
       SET on_hand = stock.on_hand - line.quantity, reserved = stock.reserved - line.quantity, updated_at = now()
       FROM line WHERE stock.product_id = line.product_id`,
      [
        id,
        lines.map(() => newId('mov')),
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        cause,
      ],
    );
  }

  /** Ends a hold without a sale: what was held is available again. */
  async giveBack(
    tx: Tx,
    id: ReservationId,
    lines: readonly ReservationLine[],
    outcome: Exclude<ReservationOutcome, 'confirmed'>,
  ): Promise<void> {
    await sql(
      tx,
      `WITH reservation AS (
         UPDATE reservations SET status = $2, settled_at = clock_timestamp() WHERE id = $1
       )
       UPDATE stock_levels stock SET reserved = stock.reserved - line.quantity, updated_at = now()
       FROM unnest($3::text[], $4::bigint[]) AS line (product_id, quantity) WHERE stock.product_id = line.product_id`,
      [id, outcome, lines.map((line) => line.productId), lines.map((line) => line.quantity)],
    );
  }
}
