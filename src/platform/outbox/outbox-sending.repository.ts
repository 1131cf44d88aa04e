import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../database/index.js';
import type { PublishedEvent, Refusal } from './event-route.js';
import { EVENT_COLUMNS } from './outbox-log.repository.js';

/** An event that was handed out to be sent. `attempts` counts this time, and tells one holder from the next. */
export interface TakenEvent extends PublishedEvent {
  readonly attempts: number;
}

/** An event that a transport would not take, however often it was offered. */
export type DeadLetter = Omit<TakenEvent, 'payload'> & { readonly lastError: string | null; readonly status: string };

export const DEAD_LETTER_COLUMNS =
  'id, aggregate_id, version, type, trace_id, created_at, "position", attempts, last_error, status';

/** The SQL of events that transports still have to take. */
@Injectable()
export class OutboxSendingRepository {
  /**
   * Takes events whose time has come, so that nobody else sends them within `leaseSeconds`. Of each aggregate only what no
   * earlier event is in the way of: one that waits for its next try, or that somebody else is just sending. By position.
   */
  async take(tx: Tx, limit: number, leaseSeconds: number): Promise<TakenEvent[]> {
    const rows = await sql<TakenEvent>(
      tx,
      `WITH candidate AS MATERIALIZED (
         SELECT id, aggregate_id, version FROM outbox_events event
         WHERE status = 'sending' AND next_attempt_at <= now() AND NOT EXISTS (
           SELECT FROM outbox_events earlier
           WHERE earlier.aggregate_id = event.aggregate_id AND earlier.version < event.version
             AND earlier.status = 'sending' AND earlier.next_attempt_at > now())
         ORDER BY "position" LIMIT $1 FOR UPDATE OF event SKIP LOCKED
       ), free AS (
         SELECT id FROM candidate WHERE NOT EXISTS (
           SELECT FROM outbox_events earlier
           WHERE earlier.aggregate_id = candidate.aggregate_id AND earlier.version < candidate.version
             AND earlier.status = 'sending' AND earlier.id NOT IN (SELECT id FROM candidate))
       )
       UPDATE outbox_events SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
       WHERE id IN (SELECT id FROM free) RETURNING ${EVENT_COLUMNS}, attempts`,
      [limit, leaseSeconds],
    );
    return rows.sort((a, b) => a.position - b.position);
  }

  /** All transports have them. True whoever says it, also after his lease. */
  async finish(tx: Tx, ids: readonly string[]): Promise<void> {
    await sql(
      tx,
      `UPDATE outbox_events SET status = 'published', published_at = now(), next_attempt_at = NULL, last_error = NULL
       WHERE id = ANY($1) AND status = 'sending'`,
      [ids],
    );
  }

  /** Gives events back as if nobody had taken them, unless somebody else has them by now. */
  async giveBack(tx: Tx, events: readonly TakenEvent[]): Promise<void> {
    await sql(
      tx,
      `UPDATE outbox_events event SET attempts = event.attempts - 1, next_attempt_at = now()
       FROM unnest($1::text[], $2::int[]) AS taken (id, attempts)
       WHERE event.id = taken.id AND event.attempts = taken.attempts AND event.status = 'sending'`,
      [events.map(({ id }) => id), events.map(({ attempts }) => attempts)],
    );
  }

  /** Puts a refused event off by so many seconds, or gives it up for a person to look at. */
  async refuse(tx: Tx, { attempts }: TakenEvent, { id, reason }: Refusal, pause: number | 'dead'): Promise<void> {
    await sql(
      tx,
      `UPDATE outbox_events SET last_error = $3, status = CASE WHEN $4::int IS NULL THEN 'dead' ELSE status END,
         next_attempt_at = now() + make_interval(secs => $4)
       WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
      [id, attempts, reason, pause === 'dead' ? null : pause],
    );
  }

  /** Begins anew with an event that was given up. Answers nothing where there is no such event. */
  async reopen(tx: Tx, id: string): Promise<DeadLetter | undefined> {
    const [row] = await sql<DeadLetter>(
      tx,
      `UPDATE outbox_events SET status = 'sending', attempts = 0, next_attempt_at = now()
       WHERE id = $1 AND status = 'dead' RETURNING ${DEAD_LETTER_COLUMNS}`,
      [id],
    );
    return row;
  }
}
