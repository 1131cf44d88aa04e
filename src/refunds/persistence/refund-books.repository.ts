import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../../platform/database/index.js';
import type { Refund } from '../domain/refund.js';

export interface BookedPeriod {
  readonly from: Date;
  readonly to: Date;
}

/** The SQL of comparing refunds with the provider's. Reads without locks: whatever is done about it looks again. */
@Injectable()
export class RefundBooksRepository {
  /** The refunds with these ids at the provider, and those with these ids of ours that have none there yet. */
  find(tx: Tx, providerIds: readonly string[], refundIds: readonly string[]): Promise<Refund[]> {
    return sql<Refund>(
      tx,
      `SELECT * FROM refunds
       WHERE provider_refund_id = ANY($1) OR (id = ANY($2) AND provider_refund_id IS NULL)`,
      [providerIds, refundIds],
    );
  }

  /** Live refunds (by their id at the provider) last heard of in this time and not among `seen`, after `last`. */
  async findUnseen(
    tx: Tx,
    { from, to }: BookedPeriod,
    seen: readonly string[],
    { last, limit }: { readonly last: string; readonly limit: number },
  ): Promise<string[]> {
    const rows = await sql<{ refund: string }>(
      tx,
      `SELECT r.provider_refund_id AS refund FROM refunds r
       LEFT JOIN unnest($3::text[]) AS seen (id) ON seen.id = r.provider_refund_id
       WHERE r.status NOT IN ('failed', 'canceled') AND r.last_fact_at >= $1 AND r.last_fact_at < $2
         AND r.provider_refund_id > $4 AND seen.id IS NULL
       ORDER BY r.provider_refund_id LIMIT $5`,
      [from, to, seen, last, limit],
    );
    return rows.map((row) => row.refund);
  }
}
