import { Injectable } from '@nestjs/common';
import { encodeId } from '../../../kernel/id.js';
import { sql, type Tx } from '../../../platform/database/index.js';

/** An event of the feed. */
export interface FeedEvent {
  readonly id: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  /** JSON text. */
  readonly payload: string;
  readonly traceId: string;
  readonly createdAt: Date;
}

/** Which events of the past. */
export interface EventRange {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  readonly types: readonly string[];
}

/** The id of an event tells when it was written by the clock of its process, `created_at` by that of the database. */
const CLOCK_MARGIN_MS = 300_000;

/** Looks back into the feed. */
@Injectable()
export class PublishedEventRepository {
  /** The oldest events of a range, by their place in the feed. */
  async find(tx: Tx, { from, to, types }: EventRange, limit: number): Promise<FeedEvent[]> {
    return sql(
      tx,
      `SELECT id, aggregate_id, version, type, payload, trace_id, created_at FROM outbox_events
       WHERE id >= $1 AND id < $2 AND created_at >= $3 AND created_at < $4 AND type = ANY($5) AND "position" IS NOT NULL
       ORDER BY "position" LIMIT $6`,
      [boundary(from, -CLOCK_MARGIN_MS), boundary(to, CLOCK_MARGIN_MS), from, to, types, limit],
    );
  }
}

/** Ids rise with time, so that the primary key finds a range of it. */
function boundary(time: Date, marginMs: number): string {
  return encodeId('evt', BigInt(Math.max(0, time.getTime() + marginMs)) << 16n, 0n);
}
