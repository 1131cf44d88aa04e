import { Injectable } from '@nestjs/common';
import { encodeId } from '../../../kernel/id.js';
import { inOnePacket, sql, type Tx } from '../../../platform/database/index.js';
import type { Delivery, DeliveryId, DeliveryStatus, Receipt } from '../domain/delivery.js';
import type { OutgoingEvent } from '../domain/outgoing-event.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';

/** An event and one of those that are told of it. */
export interface Addressed {
  readonly id: DeliveryId;
  readonly endpointId: WebhookEndpointId;
  readonly eventId: string;
}

/** A delivery that nobody else sends while its lease runs. */
export type TakenDelivery = Pick<Delivery, 'id' | 'attempts' | 'eventId' | 'eventType' | 'body'>;

/** What became of a delivery that was taken. */
export interface DeliveryResult extends Receipt {
  readonly id: DeliveryId;
  /** As it was when it was taken: a delivery that somebody replayed or took over since is left alone. */
  readonly attempts: number;
  readonly outcome: Exclude<DeliveryStatus, 'waiting'>;
  /** Seconds until the next attempt, where the outcome is `pending`. */
  readonly pauseSeconds: number | null;
}

const MADE = `made AS (
  SELECT a.id, a."endpointId" AS endpoint_id, e.id AS event_id, e.type, e.lane, e.version, e.body,
    row_number() OVER (PARTITION BY a."endpointId", e.lane ORDER BY e.version) AS place
  FROM json_to_recordset($1) AS a (id text, "endpointId" text, "eventId" text)
  JOIN json_to_recordset($2) AS e (id text, type text, lane text, version bigint, body text) ON e.id = a."eventId")`;

/** The SQL of deliveries. Locks: deliveries by ascending id, before their endpoint. */
@Injectable()
export class DeliveryRepository {
  /**
   * Makes a delivery of each, once. The first event about a thing is due at once; later ones wait behind what the same
   * endpoint has still to receive about it. Those ahead are held fast until the end of the transaction, so that none of them
   * is done with, unnoticed, between being looked at and being waited for.
   */
  async insert(tx: Tx, addressed: readonly Addressed[], events: readonly OutgoingEvent[]): Promise<void> {
    await sql(
      tx,
      `WITH ${MADE}, ahead AS MATERIALIZED (
         SELECT d.endpoint_id, d.lane FROM webhook_deliveries d
         WHERE d.status IN ('waiting', 'pending')
           AND (d.endpoint_id, d.lane) IN (SELECT endpoint_id, lane FROM made)
         ORDER BY d.id FOR SHARE)
       INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, lane, version, body, status,
         next_attempt_at)
       SELECT id, endpoint_id, event_id, type, lane, version, body,
         CASE WHEN free THEN 'pending' ELSE 'waiting' END, CASE WHEN free THEN clock_timestamp() END
       FROM (SELECT made.*, place = 1 AND NOT EXISTS (SELECT FROM ahead
               WHERE (ahead.endpoint_id, ahead.lane) = (made.endpoint_id, made.lane)) AS free FROM made) m
       ON CONFLICT ON CONSTRAINT webhook_deliveries_endpoint_event_key DO NOTHING`,
      jsonOf(addressed, events),
    );
  }

  /** Sends events to one endpoint once more, or for the first time, and in their order. */
  async reopenAll(
    tx: Tx,
    endpointId: WebhookEndpointId,
    addressed: readonly Addressed[],
    events: readonly OutgoingEvent[],
  ): Promise<void> {
    await sql(
      tx,
      `WITH ${MADE}
       INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, lane, version, body, status)
       SELECT id, endpoint_id, event_id, type, lane, version, body, 'waiting' FROM made
       ON CONFLICT ON CONSTRAINT webhook_deliveries_endpoint_event_key
       DO UPDATE SET status = 'waiting', next_attempt_at = NULL, attempts = 0`,
      jsonOf(addressed, events),
    );
    await this.wakeNext(tx, endpointId, [...new Set(events.map(({ lane }) => lane))]);
  }

  /** Begins anew with a delivery, whatever became of it; one that waits for its turn goes on waiting. */
  async reopen(tx: Tx, id: DeliveryId): Promise<Delivery | undefined> {
    const [row] = await sql<Delivery>(
      tx,
      `UPDATE webhook_deliveries SET attempts = 0,
         status = CASE status WHEN 'waiting' THEN status ELSE 'pending' END,
         next_attempt_at = CASE status WHEN 'waiting' THEN NULL ELSE clock_timestamp() END
       WHERE id = $1 RETURNING *`,
      [id],
    );
    return row;
  }

  async find(tx: Tx, id: DeliveryId): Promise<Delivery | undefined> {
    const [row] = await sql<Delivery>(
      tx,
      `SELECT d.* FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.deleted_at IS NULL
       WHERE d.id = $1`,
      [id],
    );
    return row;
  }

  /**
   * Takes deliveries of one endpoint whose time has come, those that have waited longest, for `leaseSeconds`. The statement's
   * time stands still within it, so that the index ends where the time does.
   */
  async take(
    tx: Tx,
    endpointId: WebhookEndpointId,
    { limit, leaseSeconds }: { readonly limit: number; readonly leaseSeconds: number },
  ): Promise<TakenDelivery[]> {
    return sql(
      tx,
      `UPDATE webhook_deliveries d
       SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + make_interval(secs => $3)
       FROM (SELECT id FROM webhook_deliveries
             WHERE endpoint_id = $1 AND status = 'pending' AND next_attempt_at <= statement_timestamp()
             ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
       WHERE d.id = due.id RETURNING d.id, d.attempts, d.event_id, d.event_type, d.body`,
      [endpointId, limit, leaseSeconds],
    );
  }

  /** Writes down what became of deliveries. Answers the lanes in which one is done with: {@link wakeNext} has to follow. */
  async record(tx: Tx, results: readonly DeliveryResult[]): Promise<readonly string[]> {
    const ids = results.map(({ id }) => id);
    const locked = sql(tx, 'SELECT id FROM webhook_deliveries WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE', [ids]);
    const written = sql<Pick<Delivery, 'lane' | 'status'>>(
      tx,
      `UPDATE webhook_deliveries d SET status = r.outcome, last_attempt_at = r."sentAt", request_headers = r.headers,
         response_status = r.status, response_excerpt = r.excerpt, duration_ms = r."durationMs", last_error = r.error,
         next_attempt_at = CASE WHEN r.outcome = 'pending'
           THEN clock_timestamp() + make_interval(secs => r."pauseSeconds") END,
         delivered_at = CASE WHEN r.outcome = 'delivered' THEN coalesce(d.delivered_at, clock_timestamp())
           ELSE d.delivered_at END
       FROM json_to_recordset($1) AS r (id text, attempts integer, outcome text, "pauseSeconds" float8,
         "sentAt" timestamptz, headers jsonb, "durationMs" integer, status integer, excerpt text, error text)
       WHERE d.id = r.id AND d.attempts = r.attempts AND d.status = 'pending'
       RETURNING d.lane, d.status`,
      [JSON.stringify(results)],
    );
    const [, changed] = await inOnePacket(locked, written);
    const closed = changed.filter(({ status }) => status !== 'pending');
    return [...new Set(closed.map(({ lane }) => lane))];
  }

  /** Makes the lowest version due that one endpoint has still to receive of each of these lanes. */
  async wakeNext(tx: Tx, endpointId: WebhookEndpointId, lanes: readonly string[]): Promise<void> {
    if (lanes.length === 0) return;
    await sql(
      tx,
      `UPDATE webhook_deliveries d SET status = 'pending', next_attempt_at = clock_timestamp()
       FROM (SELECT DISTINCT ON (lane) id FROM webhook_deliveries
             WHERE endpoint_id = $1 AND lane = ANY($2) AND status IN ('waiting', 'pending')
             ORDER BY lane, version) lowest
       WHERE d.id = lowest.id AND d.status = 'waiting'`,
      [endpointId, lanes],
    );
  }

  /**
   * Makes the lowest version of every lane due that waits although nothing is ahead of it: a net below {@link insert} and
   * {@link record}, for what a person replayed while the rest of its lane was just done with. Answers how many it has found.
   */
  async wakeStranded(tx: Tx, limit: number): Promise<number> {
    const rows = await sql(
      tx,
      `UPDATE webhook_deliveries d SET status = 'pending', next_attempt_at = clock_timestamp()
       FROM (SELECT id FROM
              (SELECT DISTINCT ON (endpoint_id, lane) id, status FROM webhook_deliveries
               WHERE status IN ('waiting', 'pending') ORDER BY endpoint_id, lane, version) lowest
             WHERE status = 'waiting' LIMIT $1) stranded
       WHERE d.id = stranded.id AND d.status = 'waiting' RETURNING d.id`,
      [limit],
    );
    return rows.length;
  }

  /** Forgets deliveries made before this time, at most `limit` of them. */
  async pruneOld(tx: Tx, madeBefore: Date, limit: number): Promise<void> {
    // Ids rise with time, so that the primary key finds the old ones.
    const boundary = encodeId('del', BigInt(madeBefore.getTime()) << 16n, 0n);
    await sql(
      tx,
      `DELETE FROM webhook_deliveries WHERE id IN
         (SELECT id FROM webhook_deliveries WHERE id < $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [boundary, limit],
    );
  }

  /** Forgets deliveries to deleted endpoints, at most `limit` of them. */
  async pruneOrphans(tx: Tx, limit: number): Promise<void> {
    await sql(
      tx,
      `DELETE FROM webhook_deliveries WHERE id IN
         (SELECT d.id FROM webhook_endpoints e
          CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries WHERE endpoint_id = e.id ORDER BY id LIMIT $1) d
          WHERE e.deleted_at IS NOT NULL LIMIT $1)`,
      [limit],
    );
  }
}

function jsonOf(addressed: readonly Addressed[], events: readonly OutgoingEvent[]): string[] {
  return [JSON.stringify(addressed), JSON.stringify(events)];
}
