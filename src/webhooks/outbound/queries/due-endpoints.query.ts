import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';

/** Endpoints that there is something to send to just now. */
@Injectable()
export class DueEndpointsQuery {
  constructor(private readonly database: Database) {}

  async find(): Promise<WebhookEndpointId[]> {
    const rows = await this.database.read<{ id: WebhookEndpointId }>(
      `SELECT e.id FROM webhook_endpoints e
       WHERE e.enabled AND (e.paused_until IS NULL OR e.paused_until <= statement_timestamp())
         AND EXISTS (SELECT FROM webhook_deliveries d
           WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.next_attempt_at <= statement_timestamp())`,
    );
    return rows.map(({ id }) => id);
  }
}
