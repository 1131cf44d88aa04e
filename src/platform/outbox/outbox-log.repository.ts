import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../database/index.js';
import type { PublishedEvent } from './event-route.js';

/** Whoever gives places in the feed holds this. The number means nothing. */
const POSITION_LOCK = 4_864_326;

export const EVENT_COLUMNS = 'id, aggregate_id, version, type, payload, trace_id, created_at, "position"';

/** The SQL that puts events into the feed. */
@Injectable()
export class OutboxLogRepository {
  /**
   * Whether this transaction alone may publish until it ends. Positions become visible in their order because the next to
   * hold the lock begins after this transaction's commit: a reader who has seen position 7 will never find a 6 later.
   */
  async lock(tx: Tx): Promise<boolean> {
    const [row] = await sql<{ locked: boolean }>(tx, 'SELECT pg_try_advisory_xact_lock($1) AS locked', [POSITION_LOCK]);
    return row?.locked === true;
  }

  /**
   * Gives the oldest pending events their places, and answers them by these. In a statement after {@link lock}, which sees
   * what the last holder has done.
   *
   * The id of an event tells about when it was written by the clock of its process, and another process may have a later
   * change of the same aggregate with a smaller id. So whatever goes before one of these events goes with it, and none is
   * placed before one of a lower version.
   */
  async publish(tx: Tx, limit: number, status: 'published' | 'sending'): Promise<PublishedEvent[]> {
    const rows = await sql<PublishedEvent>(
      tx,
      `WITH RECURSIVE chosen AS (
         (SELECT id, aggregate_id, version FROM outbox_events WHERE status = 'pending' ORDER BY id LIMIT $1)
         UNION
         SELECT before.id, before.aggregate_id, before.version FROM chosen
         JOIN outbox_events before ON before.aggregate_id = chosen.aggregate_id AND before.version = chosen.version - 1
         WHERE before.status = 'pending'
       ), ordered AS MATERIALIZED (
         SELECT id FROM (
           SELECT id, version, max(id) OVER (PARTITION BY aggregate_id ORDER BY version) AS place FROM chosen) placed
         ORDER BY place, version
       ), numbered AS MATERIALIZED (
         SELECT id, nextval('outbox_position_seq') AS "position" FROM ordered
       )
       UPDATE outbox_events event SET "position" = numbered."position", status = $2,
         published_at = CASE WHEN $2 = 'published' THEN now() END,
         next_attempt_at = CASE WHEN $2 = 'sending' THEN now() END
       FROM numbered WHERE event.id = numbered.id
       RETURNING event.${EVENT_COLUMNS.replaceAll(', ', ', event.')}`,
      [limit, status],
    );
    return rows.sort((a, b) => a.position - b.position);
  }

  /**
   * Forgets those of the first `limit` events of the feed that were published so long ago, and answers how many. Places
   * follow time, so that nothing has to be kept in the order of time for this alone.
   */
  async prune(tx: Tx, olderThanDays: number, limit: number): Promise<number> {
    const [row] = await sql<{ count: number }>(
      tx,
      `WITH old AS (
         SELECT id FROM outbox_events WHERE published_at < now() - make_interval(days => $1) AND id IN (
           SELECT id FROM outbox_events WHERE "position" IS NOT NULL AND status = 'published' ORDER BY "position" LIMIT $2)
         FOR UPDATE SKIP LOCKED
       ), gone AS (
         DELETE FROM outbox_events WHERE id IN (SELECT id FROM old) RETURNING created_at
       ), horizon AS (
         INSERT INTO outbox_horizon (pruned_before) SELECT max(created_at) FROM gone HAVING count(*) > 0
         ON CONFLICT (singleton)
           DO UPDATE SET pruned_before = greatest(outbox_horizon.pruned_before, excluded.pruned_before)
       )
       SELECT count(*) AS count FROM gone`,
      [olderThanDays, limit],
    );
    return row?.count ?? 0;
  }
}
