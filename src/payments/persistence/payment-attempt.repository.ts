import { Injectable } from '@nestjs/common';
import { systemClock } from '../../kernel/clock.js';
import { newId, type PaymentId } from '../../kernel/id.js';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import type { AttemptAction, AttemptRequest, PaymentAttempt } from '../domain/payment.js';

/** The SQL of calls to the provider, under the lock of their payment. */
@Injectable()
export class PaymentAttemptRepository {
  async insert(tx: Tx, paymentId: PaymentId, action: AttemptAction, request: AttemptRequest): Promise<PaymentAttempt> {
    const attempt = {
      ...{ id: newId('att'), paymentId, action, request },
      ...{ outcome: 'unknown' as const, createdAt: systemClock.now() },
    };
    await later(tx, {
      name: 'attempt',
      ctes: `new_attempt AS (
        INSERT INTO payment_attempts (id, payment_id, "action", request, created_at) VALUES ($1, $2, $3, $4, $5))`,
      parameters: [attempt.id, paymentId, action, request, attempt.createdAt],
    });
    return attempt;
  }

  /** The newest call whose outcome nobody recorded. */
  async findOpen(tx: Tx, paymentId: PaymentId): Promise<PaymentAttempt | undefined> {
    const [row] = await sql<PaymentAttempt>(
      tx,
      `SELECT * FROM payment_attempts WHERE payment_id = $1 AND outcome = 'unknown' ORDER BY id DESC LIMIT 1`,
      [paymentId],
    );
    return row;
  }

  askWaiting(paymentIds: readonly PaymentId[]): Question<{ readonly paymentId: PaymentId }> {
    return {
      text: `SELECT payment_id FROM payment_attempts WHERE payment_id = ANY($1::text[]) AND outcome = 'unknown'`,
      parameters: [paymentIds],
    };
  }

  async findLast(tx: Tx, paymentId: PaymentId): Promise<PaymentAttempt | undefined> {
    const [row] = await sql<PaymentAttempt>(
      tx,
      'SELECT * FROM payment_attempts WHERE payment_id = $1 ORDER BY id DESC LIMIT 1',
      [paymentId],
    );
    return row;
  }

  /** How often this payment was tried to be captured. */
  async countCaptures(tx: Tx, paymentId: PaymentId): Promise<number> {
    const [row] = await sql<{ count: number }>(
      tx,
      `SELECT count(*) AS count FROM payment_attempts WHERE payment_id = $1 AND "action" = 'capture'`,
      [paymentId],
    );
    return row?.count ?? 0;
  }

  /** Closes what was open before anything else that waits to be written. */
  close(tx: Tx, paymentId: PaymentId, outcome: PaymentAttempt['outcome'], error: string | null): Promise<void> {
    return later(tx, {
      name: 'attempt',
      ctes: `closed_attempt AS (
        UPDATE payment_attempts SET outcome = $2, error = $3, answered_at = clock_timestamp()
        WHERE payment_id = $1 AND outcome = 'unknown')`,
      parameters: [paymentId, outcome, error],
    });
  }
}
