import { Injectable } from '@nestjs/common';
import { later, sql, type Tx } from '../../../platform/database/index.js';
import type { ReceivedEvent, WebhookEvent, WebhookEventId } from '../domain/webhook-event.js';

/** An event to be stored. `parked` from the start: nobody can read it, and `error` says why. */
export interface NewEvent {
  readonly id: WebhookEventId;
  readonly event: ReceivedEvent;
  readonly status: 'received' | 'ignored' | 'parked';
  readonly error: string | null;
}

/** The SQL of the inbox. Locks: the event's row, before everything that the event is about. */
@Injectable()
export class WebhookEventRepository {
  /**
   * Stores events and answers the ids of those that were not there already: of two deliveries at once the second waits here
   * for the first. They are due in the order in which they are given.
   */
  async insertAll(tx: Tx, events: readonly NewEvent[]): Promise<ReadonlySet<WebhookEventId>> {
    const rows = await sql<{ id: WebhookEventId }>(
      tx,
      `INSERT INTO webhook_events (id, provider_event_id, type, payload, provider_created_at, status, provider, origin,
         last_error, next_attempt_at, processed_at)
       SELECT id, provider_event_id, type, payload, provider_created_at, status, provider, origin, last_error,
         CASE WHEN status = 'received' THEN now() + place * interval '1 microsecond' END,
         CASE WHEN status = 'ignored' THEN now() END
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
           $9::text[]) WITH ORDINALITY AS given (id, provider_event_id, type, payload, provider_created_at, status,
           provider, origin, last_error, place)
       ORDER BY provider_event_id
       ON CONFLICT ON CONSTRAINT webhook_events_provider_event_id_key DO NOTHING RETURNING id`,
      [
        events.map(({ id }) => id),
        events.map(({ event }) => event.providerEventId),
        events.map(({ event }) => event.type),
        events.map(({ event }) => event.payload),
        events.map(({ event }) => event.providerCreatedAt),
        events.map(({ status }) => status),
        events.map(({ event }) => event.provider),
        events.map(({ event }) => event.origin),
        events.map(({ error }) => error),
      ],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Takes those of these events whose time has come, so that nobody else works on them within `leaseSeconds`. */
  async take(tx: Tx, ids: readonly WebhookEventId[], leaseSeconds: number): Promise<WebhookEvent[]> {
    return this.takeDue(tx, 'AND id = ANY($2::text[])', [leaseSeconds, ids]);
  }

  /** Takes those events that have been waiting longest and that nobody took before. */
  takeFresh(tx: Tx, limit: number, leaseSeconds: number): Promise<WebhookEvent[]> {
    return this.takeDue(tx, 'AND attempts = 0 ORDER BY next_attempt_at LIMIT $2', [leaseSeconds, limit]);
  }

  /** Takes the event that has been waiting longest. */
  takeNext(tx: Tx, leaseSeconds: number): Promise<WebhookEvent[]> {
    return this.takeDue(tx, 'ORDER BY next_attempt_at LIMIT 1', [leaseSeconds]);
  }

  /** Locks an event that was taken. Answers false where somebody took it over or replayed it since. */
  async lockTaken(tx: Tx, { id, attempts }: WebhookEvent): Promise<boolean> {
    const rows = await sql(
      tx,
      `SELECT id FROM webhook_events
       WHERE id = $1 AND attempts = $2 AND status IN ('received', 'deferred') FOR UPDATE`,
      [id, attempts],
    );
    return rows.length > 0;
  }

  /** The same for many: those that nobody took over, and that nobody works on. */
  async lockAllTaken(tx: Tx, events: readonly WebhookEvent[]): Promise<ReadonlySet<WebhookEventId>> {
    const rows = await sql<{ id: WebhookEventId }>(
      tx,
      `SELECT event.id FROM webhook_events event JOIN unnest($1::text[], $2::integer[]) AS taken (id, attempts)
         ON event.id = taken.id AND event.attempts = taken.attempts
       WHERE status IN ('received', 'deferred') ORDER BY event.id FOR UPDATE OF event SKIP LOCKED`,
      [events.map(({ id }) => id), events.map(({ attempts }) => attempts)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  finish(tx: Tx, id: WebhookEventId, status: 'processed' | 'ignored'): Promise<void> {
    return later(tx, {
      name: 'webhook_event',
      ctes: `finished_event AS (
        UPDATE webhook_events
        SET status = $2, next_attempt_at = NULL, last_error = NULL, processed_at = clock_timestamp() WHERE id = $1)`,
      parameters: [id, status],
    });
  }

  finishAll(tx: Tx, ids: readonly WebhookEventId[]): Promise<void> {
    return later(tx, {
      name: 'webhook_event',
      ctes: `finished_event AS (
        UPDATE webhook_events
        SET status = 'processed', next_attempt_at = NULL, last_error = NULL, processed_at = clock_timestamp()
        WHERE id = ANY($1::text[]))`,
      parameters: [ids],
    });
  }

  async postpone(
    tx: Tx,
    id: WebhookEventId,
    { status, seconds, error }: { status: 'received' | 'deferred'; seconds: number; error: string },
  ): Promise<void> {
    await sql(
      tx,
      `UPDATE webhook_events SET status = $2, last_error = $4,
         next_attempt_at = clock_timestamp() + make_interval(secs => $3)
       WHERE id = $1`,
      [id, status, seconds, error],
    );
  }

  async park(tx: Tx, id: WebhookEventId, error: string): Promise<void> {
    await sql(
      tx,
      `UPDATE webhook_events SET status = 'parked', next_attempt_at = NULL, last_error = $2 WHERE id = $1`,
      [id, error],
    );
  }

  /** Begins anew with an event, whatever became of it. Answers nothing where there is none. */
  async reopen(tx: Tx, id: WebhookEventId): Promise<WebhookEvent | undefined> {
    const [row] = await sql<WebhookEvent>(
      tx,
      `UPDATE webhook_events SET status = 'received', attempts = 0, next_attempt_at = clock_timestamp(), last_error = NULL,
         processed_at = NULL
       WHERE id = $1 RETURNING *`,
      [id],
    );
    return row;
  }

  /**
   * Forgets those of the first `limit` events that are done with which are older than this, and answers how many. Ids follow
   * time: to look for older ones behind these would be to read the whole inbox every minute.
   */
  async prune(tx: Tx, olderThanDays: number, limit: number): Promise<number> {
    const rows = await sql(
      tx,
      `DELETE FROM webhook_events WHERE id IN
         (SELECT id FROM webhook_events WHERE received_at < now() - make_interval(days => $1) AND id IN (
            SELECT id FROM webhook_events WHERE status IN ('processed', 'ignored') ORDER BY id LIMIT $2)
          FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [olderThanDays, limit],
    );
    return rows.length;
  }

  private takeDue(tx: Tx, which: string, parameters: unknown[]): Promise<WebhookEvent[]> {
    return sql<WebhookEvent>(
      tx,
      `UPDATE webhook_events
       SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $1)
       WHERE id = ANY(ARRAY(SELECT id FROM webhook_events WHERE next_attempt_at <= clock_timestamp() ${which}
                            FOR UPDATE SKIP LOCKED))
       RETURNING *`,
      parameters,
    );
  }
}
