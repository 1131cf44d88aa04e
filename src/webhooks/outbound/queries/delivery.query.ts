import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Database } from '../../../platform/database/index.js';
import type { Delivery, DeliveryId, DeliveryStatus } from '../domain/delivery.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookDeliveryNotFound } from '../domain/outbound.errors.js';

export interface DeliveryFilter {
  readonly endpointId: WebhookEndpointId;
  readonly status?: DeliveryStatus | undefined;
  readonly eventType?: string | undefined;
}

/** What a list shows: bodies are large, and there is one page for each. */
export type DeliverySummary = Omit<Delivery, 'body' | 'requestHeaders'>;

const COLUMNS = `id, endpoint_id, event_id, event_type, lane, version, status, attempts, next_attempt_at, last_attempt_at,
  response_status, response_excerpt, duration_ms, last_error, delivered_at, created_at`;
const MATCHES = 'endpoint_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR event_type = $3)';

/** What was sent to an endpoint, or is to be, and what it answered. */
@Injectable()
export class DeliveryQuery {
  constructor(private readonly database: Database) {}

  /** Throws WebhookDeliveryNotFound, also where its endpoint was deleted, or is another than the one that is named. */
  async get(id: DeliveryId, endpointId?: WebhookEndpointId): Promise<Delivery> {
    const [row] = await this.database.read<Delivery>(
      `SELECT d.* FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.deleted_at IS NULL
       WHERE d.id = $1 AND ($2::text IS NULL OR d.endpoint_id = $2)`,
      [id, endpointId ?? null],
    );
    if (!row) throw new WebhookDeliveryNotFound(id);
    return row;
  }

  /** Newest first. */
  async find({ endpointId, status, eventType }: DeliveryFilter, page: Page): Promise<Listing<DeliverySummary>> {
    const matching = [endpointId, status ?? null, eventType ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM webhook_deliveries WHERE ${MATCHES}`,
      matching,
    );
    const rows = await this.database.read<DeliverySummary>(
      `SELECT ${COLUMNS} FROM webhook_deliveries WHERE ${MATCHES} AND ($4::text IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5 OFFSET $6`,
      [...matching, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
