import { Injectable } from '@nestjs/common';
import { newId } from '../../../kernel/id.js';
import { sql, type Tx } from '../../../platform/database/index.js';
import type { ReceivedEvent, WebhookEvent, WebhookEventId } from '../domain/webhook-event.js';

/** What becomes of an event when it is stored. `parked` from the start: nobody can read it. */
export type FirstFate =
  | { readonly status: 'received' | 'ignored'; readonly error?: never }
  | { readonly status: 'parked'; readonly error: string };

/** The SQL of the inbox. Locks: the event's row, before everything that the event is about. */
@Injectable()
export class WebhookEventRepository {
  /** Answers nothing where the event is there already: of two deliveries at once the second waits here for the first. */
  async insert(tx: Tx, event: ReceivedEvent, fate: FirstFate): Promise<WebhookEventId | undefined> {
    const [row] = await sql<{ id: WebhookEventId }>(
      tx,
      `INSERT INTO webhook_events (id, provider_event_id, type, payload, provider_created_at, status, provider, origin,
         last_error, next_attempt_at, processed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $6 = 'received' THEN now() END,
         CASE WHEN $6 = 'ignored' THEN now() END)
       ON CONFLICT ON CONSTRAINT webhook_events_provider_event_id_key DO NOTHING RETURNING id`,
      [
        newId('whe'),
        event.providerEventId,
        event.type,
        event.payload,
        event.providerCreatedAt,
        fate.status,
        event.provider,
        event.origin,
        fate.error ?? null,
      ],
    );
    return row?.id;
  }

  /** Takes an event whose time has come, so that nobody else works on it within `leaseSeconds`. */
  async take(tx: Tx, id: WebhookEventId, leaseSeconds: number): Promise<WebhookEvent | undefined> {
    return this.takeWhere(tx, 'id = $2', [leaseSeconds, id]);
  }

  /** Takes the event that has been waiting longest. */
  async takeNext(tx: Tx, leaseSeconds: number): Promise<WebhookEvent | undefined> {
    return this.takeWhere(tx, 'true', [leaseSeconds]);
  }

  /** Locks an event that was taken, unless somebody took it over or replayed it since. */
  async lockTaken(tx: Tx, { id, attempts }: WebhookEvent): Promise<WebhookEvent | undefined> {
    const [row] = await sql<WebhookEvent>(
      tx,
      `SELECT * FROM webhook_events
       WHERE id = $1 AND attempts = $2 AND status IN ('received', 'deferred') FOR UPDATE`,
      [id, attempts],
    );
    return row;
  }

  async finish(tx: Tx, id: WebhookEventId, status: 'processed' | 'ignored'): Promise<void> {
    await sql(
      tx,
      `UPDATE webhook_events SET status = $2, next_attempt_at = NULL, last_error = NULL, processed_at = clock_timestamp()
       WHERE id = $1`,
      [id, status],
    );
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

  private async takeWhere(tx: Tx, condition: string, parameters: unknown[]): Promise<WebhookEvent | undefined> {
    const [row] = await sql<WebhookEvent>(
      tx,
      `UPDATE webhook_events
       SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $1)
       WHERE id = (SELECT id FROM webhook_events WHERE next_attempt_at <= clock_timestamp() AND ${condition}
                   ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      parameters,
    );
    return row;
  }
}
