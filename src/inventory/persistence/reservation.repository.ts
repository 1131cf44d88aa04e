import { Injectable } from '@nestjs/common';
import { newId, type ReservationId } from '../../kernel/id.js';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import type { HeldLine, HeldReservation, ReservationLine } from '../domain/reservation.js';
import type { ReservationOutcome } from '../domain/reservation-state.js';
import { expiredHold, HELD_ITEM } from './expired-hold.js';
import { type Announcement, changeStock, endHolds } from './stock-change.js';

export interface NewReservation {
  readonly id: ReservationId;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly expiresAt: Date;
}

/** A hold that ends, with its lines, whose stock is locked. */
export interface EndingReservation {
  readonly id: ReservationId;
  readonly lines: readonly ReservationLine[];
  /** What the events name as its cause: its order, or itself where it was made by another service. */
  readonly cause: string;
}

/** The same beside others, which somebody else may end. */
export interface SoldReservation extends EndingReservation {
  readonly traceId: string;
}

/** Whatever changes stock in one transaction does so one after the other. */
export const STOCK = 'stock';

/** The SQL of reservations. To give stock back needs its rows locked by the same transaction; what takes it locks them itself. */
@Injectable()
export class ReservationRepository {
  /**
   * Holds all lines, or the transaction runs again: it locks their levels itself and takes only what is available, so that what was
   * seen of them before needs no lock. Buyers of one product wait for each other's commit, and not for what the other's process
   * does before.
   */
  hold(
    tx: Tx,
    { id, orderId, reference, expiresAt }: NewReservation,
    lines: readonly ReservationLine[],
    { traceId, lowStockThreshold }: Announcement,
  ): Promise<void> {
    return later(tx, {
      name: STOCK,
      last: true,
      ctes: `line AS (
          SELECT product_id, 0 AS on_hand_delta, quantity AS reserved_delta, quantity, changed_id, low_id
          FROM unnest($5::text[], $6::bigint[], $7::text[], $8::text[]) AS line (product_id, quantity, changed_id, low_id)
          JOIN stock_levels stock USING (product_id) ORDER BY product_id FOR UPDATE OF stock
        ), reservation AS (
          INSERT INTO reservations (id, order_id, reference, expires_at) VALUES ($1, $2, $3, $4)
        ), kept AS (
          INSERT INTO reservation_lines (reservation_id, product_id, quantity) SELECT $1, product_id, quantity FROM line
        ), ${changeStock({ kind: `'hold'`, cause: 'coalesce($2, $1)', traceId: '$9', threshold: '$10', withinAvailable: true })}`,
      parameters: [
        ...[id, orderId, reference, expiresAt],
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        ...eventIds(lines),
        ...[traceId, lowStockThreshold],
      ],
      must: { cte: 'moved', rows: lines.length, orRerun: true },
    });
  }

  /** When a hold of this length would end, in milliseconds by the database's clock. */
  askEnd(ttlSeconds: number): Question<{ readonly atMs: number }> {
    return {
      text: 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + $1::bigint * 1000 AS at_ms',
      parameters: [ttlSeconds],
    };
  }

  /** FOR UPDATE on the order's reservation: the active one, otherwise the one that was settled last. */
  async lockForOrder(tx: Tx, orderId: string): Promise<HeldReservation | undefined> {
    const { text, parameters } = this.askHold(orderId);
    const [reservation] = await sql<HeldReservation>(tx, text, [...parameters]);
    return reservation;
  }

  /** The same as a question. */
  askHold(orderId: string): Question<HeldReservation> {
    return {
      text: `SELECT id, order_id, status FROM reservations WHERE order_id = $1
             ORDER BY settled_at DESC NULLS FIRST LIMIT 1 FOR UPDATE`,
      parameters: [orderId],
    };
  }

  /** What an order's active reservation holds. Ask with the order locked, after {@link askHold}. It locks no stock. */
  askHeldLines(orderId: string): Question<ReservationLine> {
    return {
      text: `SELECT line.product_id, line.quantity FROM reservations held
             JOIN reservation_lines line ON line.reservation_id = held.id
             WHERE held.order_id = $1 AND held.status = 'active' ORDER BY line.product_id`,
      parameters: [orderId],
    };
  }

  /** The active reservations of these orders, locked. Ask with the orders locked. */
  askHolds(orderIds: readonly string[]): Question<HeldReservation> {
    return {
      text: `SELECT id, order_id, status FROM reservations WHERE order_id = ANY($1::text[]) AND status = 'active'
             ORDER BY id FOR UPDATE`,
      parameters: [orderIds],
    };
  }

  /** What these reservations hold. Ask after {@link askHolds}. It locks no stock. */
  askLinesOf(orderIds: readonly string[]): Question<HeldLine> {
    return {
      text: `SELECT line.reservation_id, line.product_id, line.quantity FROM reservations held
             JOIN reservation_lines line ON line.reservation_id = held.id
             WHERE held.order_id = ANY($1::text[]) AND held.status = 'active' ORDER BY line.product_id`,
      parameters: [orderIds],
    };
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

  /**
   * Ends a hold by a sale: the units leave the shelf, with one movement for each product. It locks their stock itself, since
   * what was held is sold whatever the level is.
   */
  sell(tx: Tx, { id, lines, cause }: EndingReservation, { traceId, lowStockThreshold }: Announcement): Promise<void> {
    return later(tx, {
      name: STOCK,
      last: true,
      ctes: `line AS (
          SELECT movement_id, product_id, -quantity AS on_hand_delta, -quantity AS reserved_delta, changed_id, low_id
          FROM unnest($2::text[], $3::text[], $4::bigint[], $6::text[], $7::text[])
            AS line (movement_id, product_id, quantity, changed_id, low_id)
          JOIN stock_levels stock USING (product_id) ORDER BY product_id FOR UPDATE OF stock
        ), reservation AS (
          UPDATE reservations SET status = 'confirmed', settled_at = clock_timestamp() WHERE id = $1
        ), movement AS (
          INSERT INTO stock_movements (id, product_id, delta, kind, cause)
          SELECT movement_id, product_id, on_hand_delta, 'sale', $5 FROM line
        ), ${changeStock({ kind: `'sale'`, cause: '$5', traceId: '$8', threshold: '$9' })}`,
      parameters: [
        id,
        lines.map(() => newId('mov')),
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        cause,
        ...eventIds(lines),
        ...[traceId, lowStockThreshold],
      ],
      must: { cte: 'moved', rows: lines.length },
    });
  }

  /** The same for many at once. */
  sellAll(tx: Tx, holds: readonly SoldReservation[]): Promise<void> {
    const lines = holds.flatMap((hold) => hold.lines.map((line) => ({ ...hold, ...line })));
    return later(tx, {
      name: STOCK,
      last: true,
      ctes: `line AS (
          SELECT movement_id, product_id, quantity, cause, changed_id, trace_id, place
          FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY
            AS line (movement_id, product_id, quantity, cause, changed_id, trace_id, place)
          JOIN stock_levels stock USING (product_id) ORDER BY product_id FOR UPDATE OF stock
        ), reservation AS (
          UPDATE reservations SET status = 'confirmed', settled_at = clock_timestamp() WHERE id = ANY($1::text[])
        ), movement AS (
          INSERT INTO stock_movements (id, product_id, delta, kind, cause)
          SELECT movement_id, product_id, -quantity, 'sale', cause FROM line
        ), ${endHolds({ kind: `'sale'`, sold: true })}`,
      parameters: [
        holds.map(({ id }) => id),
        lines.map(() => newId('mov')),
        lines.map(({ productId }) => productId),
        lines.map(({ quantity }) => quantity),
        lines.map(({ cause }) => cause),
        lines.map(() => newId('evt')),
        lines.map(({ traceId }) => traceId),
      ],
      must: { cte: 'moved', rows: new Set(lines.map(({ productId }) => productId)).size },
    });
  }

  /** Ends a hold without a sale: what was held is available again. That its time was over is an event of its own. */
  giveBack(
    tx: Tx,
    { id, lines, cause }: EndingReservation,
    outcome: Exclude<ReservationOutcome, 'confirmed'>,
    { traceId, lowStockThreshold }: Announcement,
  ): Promise<void> {
    return later(tx, {
      name: STOCK,
      ctes: `line AS (
          SELECT product_id, 0 AS on_hand_delta, -quantity AS reserved_delta, quantity, changed_id, low_id
          FROM unnest($4::text[], $5::bigint[], $7::text[], $8::text[]) AS line (product_id, quantity, changed_id, low_id)
        ), reservation AS (
          UPDATE reservations SET status = $2, settled_at = clock_timestamp() WHERE id = $1
          RETURNING order_id, reference, expires_at
        ), ended AS (
          INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
          SELECT $3, $1, 1, 'reservation.expired',
            ${expiredHold({ id: '$1::text', items: `(SELECT json_agg(${HELD_ITEM}) FROM line)` })},
            $9
          FROM reservation WHERE $2 = 'expired'
        ), ${changeStock({ kind: `CASE $2 WHEN 'expired' THEN 'expiry' ELSE 'release' END`, cause: '$6', traceId: '$9', threshold: '$10' })}`,
      parameters: [
        ...[id, outcome, newId('evt')],
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        cause,
        ...eventIds(lines),
        ...[traceId, lowStockThreshold],
      ],
      must: { cte: 'moved', rows: lines.length },
    });
  }
}

/** Ids for the events that may come of each line: one that its stock changed, one that it is low now. */
function eventIds(lines: readonly ReservationLine[]): [string[], string[]] {
  return [lines.map(() => newId('evt')), lines.map(() => newId('evt'))];
}
