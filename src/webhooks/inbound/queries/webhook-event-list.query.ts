import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Database } from '../../../platform/database/index.js';
import type { WebhookEvent, WebhookEventStatus } from '../domain/webhook-event.js';

export interface WebhookEventFilter {
  readonly status?: WebhookEventStatus | undefined;
  readonly type?: string | undefined;
}

/** All that a list shows: payloads are large and are nobody's business here. */
export type WebhookEventView = Pick<
  WebhookEvent,
  'id' | 'providerEventId' | 'type' | 'status' | 'attempts' | 'receivedAt'
>;

const MATCHES = '($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR type = $2)';

/** Events for the admin, newest first. */
@Injectable()
export class WebhookEventListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: WebhookEventFilter, page: Page): Promise<Listing<WebhookEventView>> {
    const matching = [filter.status ?? null, filter.type ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM webhook_events WHERE ${MATCHES}`,
      matching,
    );
    const rows = await this.database.read<WebhookEventView>(
      `SELECT id, provider_event_id, type, status, attempts, received_at FROM webhook_events
       WHERE ${MATCHES} AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4 OFFSET $5`,
      [...matching, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
