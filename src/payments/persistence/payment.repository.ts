import { Injectable } from '@nestjs/common';
import { systemClock } from '../../kernel/clock.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import { type NewPayment, openPayment } from '../domain/new-payment.js';
import { type Payment, updatedPayment } from '../domain/payment.js';

/** The SQL of payments. Locks: the payment's row, after its order's. */
@Injectable()
export class PaymentRepository {
  async insert(tx: Tx, opening: NewPayment): Promise<Payment> {
    const payment = openPayment(opening, systemClock.now());
    await later(tx, {
      name: 'payment',
      ctes: `new_payment AS (
        INSERT INTO payments (id, order_id, customer_id, provider, status, amount, currency, captured_amount, creation_key,
          next_check_at, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() + make_interval(secs => $10), $11, $11))`,
      parameters: [
        ...[payment.id, payment.orderId, payment.customerId, payment.provider, payment.status, payment.amount],
        ...[payment.currency, payment.capturedAmount, opening.creationKey, opening.checkInSeconds, payment.createdAt],
      ],
    });
    return payment;
  }

  async find(tx: Tx, id: PaymentId): Promise<Payment | undefined> {
    const [row] = await sql<Payment>(tx, 'SELECT * FROM payments WHERE id = $1', [id]);
    return row;
  }

  async lock(tx: Tx, id: PaymentId): Promise<Payment | undefined> {
    const [row] = await sql<Payment>(tx, 'SELECT * FROM payments WHERE id = $1 FOR UPDATE', [id]);
    return row;
  }

  askLive(orderId: OrderId): Question<Pick<Payment, 'id' | 'status'>> {
    return {
      text: `SELECT id, status FROM payments WHERE order_id = $1 AND status NOT IN ('canceled', 'failed') FOR UPDATE`,
      parameters: [orderId],
    };
  }

  /** The payment of an order that counts: the one that paid it, else the live one, else the newest. */
  async lockForOrder(tx: Tx, orderId: OrderId): Promise<Payment | undefined> {
    const [row] = await sql<Payment>(
      tx,
      `SELECT * FROM payments WHERE order_id = $1
       ORDER BY status IN ('canceled', 'failed'),
         id IS DISTINCT FROM (SELECT o.payment_transaction_id FROM orders o WHERE o.id = $1),
         provider <> 'manual' OR provider_payment_id IS NOT NULL, id DESC
       LIMIT 1 FOR UPDATE`,
      [orderId],
    );
    return row;
  }

  /**
   * Captured money of an order that another payment has paid, and that no refund holds yet. What was written down by hand has
   * no id at a provider, and the order knows it by a text of whoever wrote it.
   */
  async lockSurplus(tx: Tx, orderId: OrderId): Promise<Payment | undefined> {
    const [row] = await sql<Payment>(
      tx,
      `SELECT * FROM payments WHERE order_id = $1 AND status = 'succeeded' AND refund_hold < captured_amount
         AND id <> (SELECT paid.id FROM payments paid JOIN orders o ON o.id = paid.order_id
                    WHERE o.id = $1 AND o.payment_transaction_id IS NOT NULL AND (paid.id = o.payment_transaction_id
                      OR paid.provider = 'manual' AND paid.provider_payment_id IS NULL)
                    ORDER BY paid.id <> o.payment_transaction_id, paid.id LIMIT 1)
       ORDER BY id LIMIT 1 FOR UPDATE`,
      [orderId],
    );
    return row;
  }

  /** All that was ever taken for an order, in minor units, whatever went back since. */
  async sumCaptured(tx: Tx, orderId: OrderId): Promise<number> {
    const [row] = await sql<{ total: number }>(
      tx,
      `SELECT coalesce(sum(captured_amount), 0)::bigint AS total FROM payments
       WHERE order_id = $1 AND status = 'succeeded'`,
      [orderId],
    );
    return row?.total ?? 0;
  }

  async findByProviderId(tx: Tx, providerPaymentId: string): Promise<Payment | undefined> {
    const [row] = await sql<Payment>(tx, 'SELECT * FROM payments WHERE provider_payment_id = $1', [providerPaymentId]);
    return row;
  }

  async findAllByProviderId(tx: Tx, providerPaymentIds: readonly string[]): Promise<Payment[]> {
    if (providerPaymentIds.length === 0) return [];
    return sql<Payment>(tx, 'SELECT * FROM payments WHERE provider_payment_id = ANY($1::text[])', [providerPaymentIds]);
  }

  lockFree(tx: Tx, ids: readonly PaymentId[]): Promise<Payment[]> {
    return sql<Payment>(tx, 'SELECT * FROM payments WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED', [
      ids,
    ]);
  }

  askOrders(orderIds: readonly OrderId[]): Question<{ readonly orderId: OrderId }> {
    return { text: 'SELECT order_id FROM payments WHERE order_id = ANY($1::text[])', parameters: [orderIds] };
  }

  hold(tx: Tx, id: PaymentId, amount: number): Promise<void> {
    return later(tx, {
      name: 'payment',
      ctes: `held_payment AS (
        UPDATE payments SET refund_hold = refund_hold + $2, updated_at = clock_timestamp() WHERE id = $1 RETURNING id)`,
      parameters: [id, amount],
      must: { cte: 'held_payment', rows: 1 },
    });
  }

  async findIdByCreationKey(tx: Tx, creationKey: string): Promise<PaymentId | undefined> {
    const [row] = await sql<{ id: PaymentId }>(tx, 'SELECT id FROM payments WHERE creation_key = $1', [creationKey]);
    return row?.id;
  }

  /** Writes what may change of a locked payment; `checkInSeconds` null ends the looking after it. */
  async update(tx: Tx, given: Payment, checkInSeconds: number | null): Promise<Payment> {
    const payment = updatedPayment(given, checkInSeconds, systemClock.now());
    await later(tx, {
      name: 'payment',
      ctes: `updated_payment AS (
        UPDATE payments SET order_id = $2, status = $3, captured_amount = $4, provider_payment_id = $5, decline_code = $6,
          last_fact_at = $7, checks = $8, next_check_at = clock_timestamp() + make_interval(secs => $9), currency = $10,
          updated_at = $11
        WHERE id = $1 RETURNING id)`,
      parameters: [
        ...[payment.id, payment.orderId, payment.status, payment.capturedAmount, payment.providerPaymentId],
        ...[payment.declineCode, payment.lastFactAt, payment.checks, checkInSeconds, payment.currency],
        payment.updatedAt,
      ],
      must: { cte: 'updated_payment', rows: 1 },
    });
    return payment;
  }

  /** The same for many that nobody looks after any more, and whose order is what it was. */
  updateAllAtRest(tx: Tx, payments: readonly Payment[]): Promise<void> {
    return later(tx, {
      name: 'payment',
      ctes: `updated_payment AS (
        UPDATE payments SET status = next.status, captured_amount = next.captured_amount,
          provider_payment_id = next.provider_payment_id, decline_code = next.decline_code,
          last_fact_at = next.last_fact_at, checks = next.checks, next_check_at = NULL, currency = next.currency,
          updated_at = $9
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[],
            $8::text[])
          AS next (id, status, captured_amount, provider_payment_id, decline_code, last_fact_at, checks, currency)
        WHERE payments.id = next.id RETURNING payments.id)`,
      parameters: [
        payments.map(({ id }) => id),
        payments.map(({ status }) => status),
        payments.map(({ capturedAmount }) => capturedAmount),
        payments.map(({ providerPaymentId }) => providerPaymentId),
        payments.map(({ declineCode }) => declineCode),
        payments.map(({ lastFactAt }) => lastFactAt),
        payments.map(({ checks }) => checks),
        payments.map(({ currency }) => currency),
        systemClock.now(),
      ],
      must: { cte: 'updated_payment', rows: payments.length },
    });
  }

  /** Takes payments whose time for a look has come, so that no other worker looks at them within `leaseSeconds`. */
  async takeDue(tx: Tx, limit: number, leaseSeconds: number): Promise<PaymentId[]> {
    const rows = await sql<{ id: PaymentId }>(
      tx,
      `UPDATE payments SET next_check_at = clock_timestamp() + make_interval(secs => $2)
       WHERE id IN (SELECT id FROM payments WHERE next_check_at <= clock_timestamp()
                    ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [limit, leaseSeconds],
    );
    return rows.map((row) => row.id);
  }
}
