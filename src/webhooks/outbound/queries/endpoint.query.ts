import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Database } from '../../../platform/database/index.js';
import type { WebhookEndpoint, WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointNotFound } from '../domain/outbound.errors.js';
import { ENDPOINT_COLUMNS } from '../persistence/endpoint.repository.js';

/** Endpoints as admins see them, without their secrets. */
@Injectable()
export class EndpointQuery {
  constructor(private readonly database: Database) {}

  /** Throws WebhookEndpointNotFound. */
  async get(id: WebhookEndpointId): Promise<WebhookEndpoint> {
    const [row] = await this.database.read<WebhookEndpoint>(
      `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
    if (!row) throw new WebhookEndpointNotFound(id);
    return row;
  }

  /** Newest first. */
  async find(page: Page): Promise<Listing<WebhookEndpoint>> {
    const [counted] = await this.database.read<{ count: number }>(
      'SELECT count(*) AS count FROM webhook_endpoints WHERE deleted_at IS NULL',
    );
    const rows = await this.database.read<WebhookEndpoint>(
      `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints
       WHERE deleted_at IS NULL AND ($1::text IS NULL OR id < $1) ORDER BY id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
