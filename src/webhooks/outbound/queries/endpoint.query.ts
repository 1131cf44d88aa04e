import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Conditions, Database, readListing } from '../../../platform/database/index.js';
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
  find(page: Page): Promise<Listing<WebhookEndpoint>> {
    const conditions = new Conditions().always('deleted_at IS NULL');
    const plan = { columns: ENDPOINT_COLUMNS, from: 'webhook_endpoints', conditions, orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
  }
}
