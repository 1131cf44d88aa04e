import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../../platform/database/index.js';
import type { Payment } from '../domain/payment.js';

export interface SettledPeriod {
  readonly from: Date;
  readonly to: Date;
}

/** The SQL of comparing payments with the provider's. Reads without locks: whatever is done about it looks again. */
@Injectable()
export class PaymentBooksRepository {
  /** The payments of these intents, and those with these ids that have no intent yet. */
  find(tx: Tx, intentIds: readonly string[], paymentIds: readonly string[]): Promise<Payment[]> {
    return sql<Payment>(
      tx,
      `SELECT * FROM payments WHERE provider = 'stripe'
         AND (provider_payment_id = ANY($1) OR (id = ANY($2) AND provider_payment_id IS NULL))`,
      [intentIds, paymentIds],
    );
  }

  /** Intents whose success was booked in this time and that are not among `seen`, by id, after `last`. */
  async findUnseen(
    tx: Tx,
    { from, to }: SettledPeriod,
    seen: readonly string[],
    { last, limit }: { readonly last: string; readonly limit: number },
  ): Promise<string[]> {
    const rows = await sql<{ intent: string }>(
      tx,
      `SELECT p.provider_payment_id AS intent FROM payments p
       LEFT JOIN unnest($3::text[]) AS seen (id) ON seen.id = p.provider_payment_id
       WHERE p.provider = 'stripe' AND p.status = 'succeeded' AND p.last_fact_at >= $1 AND p.last_fact_at < $2
         AND p.provider_payment_id > $4 AND seen.id IS NULL
       ORDER BY p.provider_payment_id LIMIT $5`,
      [from, to, seen, last, limit],
    );
    return rows.map((row) => row.intent);
  }
}
