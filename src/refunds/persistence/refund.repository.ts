import { Injectable } from '@nestjs/common';
import type { OrderId, OrderItemId, PaymentId, RefundId } from '../../kernel/id.js';
import { systemClock } from '../../kernel/clock.js';
import { later, sql, type Tx } from '../../platform/database/index.js';
import { type NewRefund, openRefund, type Refund, type RefundItem } from '../domain/refund.js';

/** The SQL of refunds. Locks: the refund's row, after its order's and its payment's. */
@Injectable()
export class RefundRepository {
  async insert(tx: Tx, opening: NewRefund, items: readonly RefundItem[]): Promise<Refund> {
    const refund = openRefund(opening, systemClock.now());
    await later(tx, {
      name: 'refund',
      ctes: `new_refund AS (
          INSERT INTO refunds (id, order_id, payment_id, amount, currency, status, reason, restock, "external",
            provider_refund_id, last_fact_at, next_check_at, created_at, updated_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + make_interval(secs => $12), $13, $13)
        ), new_refund_item AS (
          INSERT INTO refund_items (refund_id, order_item_id, quantity)
          SELECT $1, line.id, line.quantity FROM unnest($14::text[], $15::bigint[]) AS line (id, quantity))`,
      parameters: [
        ...[refund.id, refund.orderId, refund.paymentId, refund.amount, refund.currency, refund.status, refund.reason],
        ...[refund.restock, refund.external, refund.providerRefundId, refund.lastFactAt, opening.checkInSeconds],
        refund.createdAt,
        items.map((item) => item.orderItemId),
        items.map((item) => item.quantity),
      ],
    });
    return refund;
  }

  async find(tx: Tx, id: RefundId): Promise<Refund | undefined> {
    const [row] = await sql<Refund>(tx, 'SELECT * FROM refunds WHERE id = $1', [id]);
    return row;
  }

  async findByProviderId(tx: Tx, providerRefundId: string): Promise<Refund | undefined> {
    const [row] = await sql<Refund>(tx, 'SELECT * FROM refunds WHERE provider_refund_id = $1', [providerRefundId]);
    return row;
  }

  async lock(tx: Tx, id: RefundId): Promise<Refund | undefined> {
    const [row] = await sql<Refund>(tx, 'SELECT * FROM refunds WHERE id = $1 FOR UPDATE', [id]);
    return row;
  }

  /** Locks those of these refunds that nobody else works on. */
  async lockFree(tx: Tx, ids: readonly RefundId[]): Promise<Refund[]> {
    if (ids.length === 0) return [];
    return sql<Refund>(tx, 'SELECT * FROM refunds WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED', [
      ids,
    ]);
  }

  async findItems(tx: Tx, id: RefundId): Promise<RefundItem[]> {
    return sql<RefundItem>(
      tx,
      'SELECT order_item_id, quantity FROM refund_items WHERE refund_id = $1 ORDER BY order_item_id',
      [id],
    );
  }

  /** How many units of each item live refunds hold or have taken. Under the lock of the order. */
  async findHeldUnits(tx: Tx, orderId: OrderId): Promise<{ orderItemId: OrderItemId; quantity: number }[]> {
    return sql(
      tx,
      `SELECT item.order_item_id, sum(item.quantity)::bigint AS quantity
       FROM refunds refund JOIN refund_items item ON item.refund_id = refund.id
       WHERE refund.order_id = $1 AND refund.status NOT IN ('failed', 'canceled') GROUP BY item.order_item_id`,
      [orderId],
    );
  }

  /** Refunds of a payment that wait to be sent and so may still give way. */
  async lockUnsent(tx: Tx, paymentId: PaymentId): Promise<Refund[]> {
    return sql<Refund>(
      tx,
      `SELECT * FROM refunds WHERE payment_id = $1 AND status = 'requested' ORDER BY id DESC FOR UPDATE`,
      [paymentId],
    );
  }

  /** The ledger's word on how much money of an order went back. */
  async sumSucceeded(tx: Tx, orderId: OrderId): Promise<number> {
    const [row] = await sql<{ total: number }>(
      tx,
      `SELECT coalesce(sum(amount), 0)::bigint AS total FROM refunds WHERE order_id = $1 AND status = 'succeeded'`,
      [orderId],
    );
    return row?.total ?? 0;
  }

  /** Saves a locked refund with the version that it has. Where its status is another one, this is `RefundRecord`'s work. */
  async update(tx: Tx, given: Refund, checkInSeconds: number | null): Promise<Refund> {
    const refund = { ...given, updatedAt: systemClock.now() };
    await later(tx, {
      name: 'refund',
      ctes: `updated_refund AS (
        UPDATE refunds SET status = $2, provider_refund_id = $3, failure_code = $4, round = $5, submitted_at = $6,
          last_fact_at = $7, checks = $8, next_check_at = clock_timestamp() + make_interval(secs => $9),
          version = $10, updated_at = $11
        WHERE id = $1 RETURNING id)`,
      parameters: [
        ...[refund.id, refund.status, refund.providerRefundId, refund.failureCode, refund.round, refund.submittedAt],
        ...[refund.lastFactAt, refund.checks, checkInSeconds, refund.version, refund.updatedAt],
      ],
      must: { cte: 'updated_refund', rows: 1 },
    });
    return refund;
  }

  /**
   * Captured money that nobody attached to an order, although nothing has happened to it for so long: a bank may take days
   * to bring the money. Where a refund of ours failed, another one would as well; an admin may try it again.
   */
  async findForgottenPayments(tx: Tx, olderThanSeconds: number, limit: number): Promise<PaymentId[]> {
    const rows = await sql<{ id: PaymentId }>(
      tx,
      `SELECT p.id FROM payments p
       WHERE p.order_id IS NULL AND p.status = 'succeeded' AND p.refund_hold < p.captured_amount
         AND p.created_at < now() - make_interval(secs => $1) AND p.updated_at < now() - make_interval(secs => $1)
         AND NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND NOT r."external")
       ORDER BY p.created_at LIMIT $2`,
      [olderThanSeconds, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Whether a refund of ours was ever begun for a payment. Under the lock of the payment. */
  async hasOwn(tx: Tx, paymentId: PaymentId): Promise<boolean> {
    const rows = await sql(tx, 'SELECT FROM refunds WHERE payment_id = $1 AND NOT "external" LIMIT 1', [paymentId]);
    return rows.length > 0;
  }

  /** Takes refunds whose time for a look has come, so that no other worker looks at them within `leaseSeconds`. */
  async takeDue(tx: Tx, limit: number, leaseSeconds: number): Promise<RefundId[]> {
    const rows = await sql<{ id: RefundId }>(
      tx,
      `UPDATE refunds SET next_check_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id IN (SELECT id FROM refunds WHERE next_check_at <= clock_timestamp()
                    ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [limit, leaseSeconds],
    );
    return rows.map((row) => row.id);
  }
}
