import { Injectable } from '@nestjs/common';
import { newId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import type { ComparedObject, Difference, DifferenceId, DifferenceKind } from '../domain/difference.js';

export type Finding = Pick<
  Difference,
  'object' | 'kind' | 'providerId' | 'subjectId' | 'orderId' | 'here' | 'atStripe'
>;

/** The SQL of differences. */
@Injectable()
export class DifferenceRepository {
  /** Writes a difference down, or that it is still there. Answers its id where it is a new one. */
  async note(tx: Tx, finding: Finding): Promise<DifferenceId | undefined> {
    const [row] = await sql<{ id: DifferenceId; isNew: boolean }>(
      tx,
      `INSERT INTO reconciliation_differences AS difference
         (id, "object", kind, provider_id, subject_id, order_id, here, at_stripe)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (kind, provider_id) WHERE status = 'open' DO UPDATE
         SET subject_id = excluded.subject_id, order_id = excluded.order_id, here = excluded.here,
             at_stripe = excluded.at_stripe, seen_at = clock_timestamp()
       RETURNING id, id = $1 AS is_new`,
      [
        newId('dif'),
        finding.object,
        finding.kind,
        finding.providerId,
        finding.subjectId,
        finding.orderId,
        finding.here,
        finding.atStripe,
      ],
    );
    return row?.isNew === true ? row.id : undefined;
  }

  /** Ends the open differences of an object at the provider, but those of the kinds that are still there. */
  async resolve(tx: Tx, providerId: string, stillThere: readonly DifferenceKind[]): Promise<Difference[]> {
    return sql<Difference>(
      tx,
      `UPDATE reconciliation_differences SET status = 'resolved', resolved_at = clock_timestamp()
       WHERE provider_id = $1 AND status = 'open' AND kind <> ALL($2) RETURNING *`,
      [providerId, stillThere],
    );
  }

  /** Objects with open differences that nobody has seen since this moment, those looked at longest ago first. */
  async findUnseen(
    tx: Tx,
    since: Date,
    limit: number,
  ): Promise<{ readonly object: ComparedObject; readonly providerId: string }[]> {
    return sql(
      tx,
      `SELECT "object", provider_id FROM reconciliation_differences WHERE status = 'open' AND seen_at < $1
       GROUP BY "object", provider_id ORDER BY min(seen_at), provider_id LIMIT $2`,
      [since, limit],
    );
  }
}
