import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../../kernel/page.js';
import { Conditions, Database, readListing } from '../../../platform/database/index.js';
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

const COLUMNS = 'id, provider, provider_event_id, type, status, attempts, last_error, received_at';

/** Events for the admin, newest first. */
@Injectable()
export class WebhookEventListQuery {
  constructor(private readonly database: Database) {}

  find({ status, type, provider }: WebhookEventFilter, page: Page): Promise<Listing<WebhookEventView>> {
    const conditions = new Conditions()
      .add((place) => `status = ${place}`, status)
      .add((place) => `type = ${place}`, type)
      .add((place) => `provider = ${place}`, provider);
    const plan = { columns: COLUMNS, from: 'webhook_events', conditions, orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
  }
}
