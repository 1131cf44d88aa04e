import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../../../platform/database/index.js';
import type { WebhookEvent, WebhookEventId } from '../domain/webhook-event.js';

export type DeadEvent = Pick<
  WebhookEvent,
  'id' | 'providerEventId' | 'type' | 'payload' | 'origin' | 'lastError' | 'attempts'
>;

/** The SQL of events that were parked and have still to be copied to the dead letters of the broker. Locks nothing. */
@Injectable()
export class DeadEventRepository {
  /** Oldest first. */
  findUnsent(tx: Tx, limit: number): Promise<DeadEvent[]> {
    return sql<DeadEvent>(
      tx,
      `SELECT id, provider_event_id, type, payload, origin, last_error, attempts FROM webhook_events
       WHERE provider = 'broker' AND status = 'parked' AND dead_lettered_at IS NULL ORDER BY id LIMIT $1`,
      [limit],
    );
  }

  async markSent(tx: Tx, ids: readonly WebhookEventId[]): Promise<void> {
    await sql(tx, 'UPDATE webhook_events SET dead_lettered_at = clock_timestamp() WHERE id = ANY($1)', [ids]);
  }
}
