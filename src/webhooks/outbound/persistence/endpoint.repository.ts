import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../../../platform/database/index.js';
import type { DisabledReason, EndpointDraft, WebhookEndpoint, WebhookEndpointId } from '../domain/endpoint.js';

/** Who may be sent to just now, and the sealed secrets that sign for it, the newest first. */
export interface Recipient {
  readonly url: string;
  readonly sealedSecrets: readonly string[];
}

/** Everything but the secrets. */
export const ENDPOINT_COLUMNS = `id, url, event_types, description, enabled, disabled_reason, disabled_at, failing_since,
  paused_until, CASE WHEN previous_secret_until > now() THEN previous_secret_until END AS previous_secret_until,
  created_at, updated_at`;

/** The SQL of endpoints. Locks: the endpoint's row, after those of its deliveries. */
@Injectable()
export class WebhookEndpointRepository {
  /** Adds an endpoint unless there are `limit` already, which is counted under a lock of its own. */
  async insert(
    tx: Tx,
    endpoint: EndpointDraft & { readonly id: WebhookEndpointId; readonly sealedSecret: string },
    limit: number,
  ): Promise<WebhookEndpoint | undefined> {
    await sql(tx, `SELECT pg_advisory_xact_lock(hashtextextended('webhook_endpoints', 0))`);
    const { id, url, eventTypes, description, enabled, sealedSecret } = endpoint;
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `INSERT INTO webhook_endpoints (id, url, event_types, description, enabled, disabled_at, secret)
       SELECT $1, $2, $3::text[], $4, $5::boolean, CASE WHEN NOT $5::boolean THEN now() END, $6
       WHERE (SELECT count(*) FROM webhook_endpoints WHERE deleted_at IS NULL) < $7
       RETURNING ${ENDPOINT_COLUMNS}`,
      [id, url, eventTypes, description, enabled, sealedSecret, limit],
    );
    return row;
  }

  async find(tx: Tx, id: WebhookEndpointId): Promise<WebhookEndpoint | undefined> {
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
    return row;
  }

  async lock(tx: Tx, id: WebhookEndpointId): Promise<WebhookEndpoint | undefined> {
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`,
      [id],
    );
    return row;
  }

  /** Saves an endpoint that this transaction holds locked. One that is enabled begins anew, without its past. */
  async update(tx: Tx, id: WebhookEndpointId, draft: EndpointDraft): Promise<WebhookEndpoint> {
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `UPDATE webhook_endpoints SET url = $2, event_types = $3, description = $4, enabled = $5, updated_at = now(),
         disabled_at = CASE WHEN NOT $5 THEN coalesce(disabled_at, now()) END,
         disabled_reason = CASE WHEN NOT $5 THEN disabled_reason END,
         failing_since = CASE WHEN enabled = $5 THEN failing_since END,
         paused_until = CASE WHEN enabled = $5 THEN paused_until END
       WHERE id = $1 RETURNING ${ENDPOINT_COLUMNS}`,
      [id, draft.url, draft.eventTypes, draft.description, draft.enabled],
    );
    if (!row) throw new Error(`webhook endpoint ${id} was locked, and is gone`);
    return row;
  }

  /** The present secret becomes the previous one, which goes on signing for `overlapSeconds`. */
  async rotate(
    tx: Tx,
    id: WebhookEndpointId,
    { sealedSecret, overlapSeconds }: { readonly sealedSecret: string; readonly overlapSeconds: number },
  ): Promise<WebhookEndpoint | undefined> {
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `UPDATE webhook_endpoints SET secret = $2, previous_secret = secret, updated_at = now(),
         previous_secret_until = now() + make_interval(secs => $3)
       WHERE id = $1 AND deleted_at IS NULL RETURNING ${ENDPOINT_COLUMNS}`,
      [id, sealedSecret, overlapSeconds],
    );
    return row;
  }

  async remove(tx: Tx, id: WebhookEndpointId): Promise<WebhookEndpoint | undefined> {
    const [row] = await sql<WebhookEndpoint>(
      tx,
      `UPDATE webhook_endpoints SET deleted_at = now(), enabled = false, disabled_at = coalesce(disabled_at, now()),
         updated_at = now()
       WHERE id = $1 AND deleted_at IS NULL RETURNING ${ENDPOINT_COLUMNS}`,
      [id],
    );
    return row;
  }

  /** Those that are told of events, and of which. */
  async findListeners(tx: Tx): Promise<Pick<WebhookEndpoint, 'id' | 'eventTypes'>[]> {
    return sql(tx, 'SELECT id, event_types FROM webhook_endpoints WHERE enabled ORDER BY id');
  }

  async findRecipient(tx: Tx, id: WebhookEndpointId): Promise<Recipient | undefined> {
    const [row] = await sql<Recipient>(
      tx,
      `SELECT url, array_remove(ARRAY[secret, CASE WHEN previous_secret_until > clock_timestamp() THEN previous_secret END],
         NULL) AS sealed_secrets
       FROM webhook_endpoints
       WHERE id = $1 AND enabled AND (paused_until IS NULL OR paused_until <= clock_timestamp())`,
      [id],
    );
    return row;
  }

  /** Something was received: whatever failed before is forgotten. */
  async noteSuccess(tx: Tx, id: WebhookEndpointId): Promise<void> {
    await sql(tx, 'UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL', [
      id,
    ]);
  }

  /** Nothing was received. Answers whether it has been so for this many days. */
  async noteFailure(tx: Tx, id: WebhookEndpointId, days: number): Promise<boolean> {
    const [row] = await sql<{ hopeless: boolean }>(
      tx,
      `UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, clock_timestamp()) WHERE id = $1
       RETURNING failing_since <= clock_timestamp() - make_interval(days => $2) AS hopeless`,
      [id, days],
    );
    return row?.hopeless === true;
  }

  /** Answers whether it was enabled until now. */
  async disable(tx: Tx, id: WebhookEndpointId, reason: DisabledReason): Promise<boolean> {
    const rows = await sql(
      tx,
      `UPDATE webhook_endpoints SET enabled = false, disabled_reason = $2, disabled_at = clock_timestamp(),
         updated_at = now()
       WHERE id = $1 AND enabled RETURNING id`,
      [id, reason],
    );
    return rows.length === 1;
  }

  async pause(tx: Tx, id: WebhookEndpointId, seconds: number): Promise<void> {
    await sql(
      tx,
      'UPDATE webhook_endpoints SET paused_until = clock_timestamp() + make_interval(secs => $2) WHERE id = $1',
      [id, seconds],
    );
  }

  /** Forgets deleted endpoints that have no deliveries any more. */
  async prune(tx: Tx): Promise<void> {
    await sql(
      tx,
      `DELETE FROM webhook_endpoints e WHERE e.deleted_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.endpoint_id = e.id)`,
    );
  }
}
