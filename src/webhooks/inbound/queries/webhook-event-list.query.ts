import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Database } from '../../../platform/database/index.js';
import type { EventProvider, WebhookEvent, WebhookEventStatus } from '../domain/webhook-event.js';

export interface WebhookEventFilter {
  readonly status?: WebhookEventStatus | undefined;
  readonly type?: string | undefined;
  readonly provider?: EventProvider | undefined;
}

/** All that a list shows: payloads are large and are nobody's business here. */
export type WebhookEventView = Pick<
  WebhookEvent,
  'id' | 'provider' | 'providerEventId' | 'type' | 'status' | 'attempts' | 'lastError' | 'receivedAt'
>;

const MATCHES =
  '($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR type = $2) AND ($3::text IS NULL OR provider = $3)';

/** Events for the admin, newest first. */
@Injectable()
export class WebhookEventListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: WebhookEventFilter, page: Page): Promise<Listing<WebhookEventView>> {
    const matching = [filter.status ?? null, filter.type ?? null, filter.provider ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM webhook_events WHERE ${MATCHES}`,
      matching,
    );
    const rows = await this.database.read<WebhookEventView>(
      `SELECT id, provider, provider_event_id, type, status, attempts, last_error, received_at FROM webhook_events
       WHERE ${MATCHES} AND ($4::text IS NULL OR id < $4) ORDER BY id DESC LIMIT $5 OFFSET $6`,
      [...matching, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
