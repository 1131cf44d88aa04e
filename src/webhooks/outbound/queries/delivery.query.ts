import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Conditions, Database, readListing } from '../../../platform/database/index.js';
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
  find({ endpointId, status, eventType }: DeliveryFilter, page: Page): Promise<Listing<DeliverySummary>> {
    const conditions = new Conditions()
      .add((place) => `endpoint_id = ${place}`, endpointId)
      .add((place) => `status = ${place}`, status)
      .add((place) => `event_type = ${place}`, eventType);
    const plan = { columns: COLUMNS, from: 'webhook_deliveries', conditions, orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
  }
}
