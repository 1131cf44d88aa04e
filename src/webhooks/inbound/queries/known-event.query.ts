import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';

/** Which events lie in the inbox. */
@Injectable()
export class KnownEventQuery {
  constructor(private readonly database: Database) {}

  /** Those of these events that lie there. */
  async find<Event extends Pick<ReceivedEvent, 'provider' | 'providerEventId'>>(
    events: readonly Event[],
  ): Promise<readonly Event[]> {
    if (events.length === 0) return [];
    const rows = await this.database.read<Pick<ReceivedEvent, 'provider' | 'providerEventId'>>(
      `SELECT provider, provider_event_id FROM webhook_events
       WHERE (provider_event_id, provider) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      [events.map(({ providerEventId }) => providerEventId), events.map(({ provider }) => provider)],
    );
    const known = new Set(rows.map(({ provider, providerEventId }) => `${provider} ${providerEventId}`));
    return events.filter(({ provider, providerEventId }) => known.has(`${provider} ${providerEventId}`));
  }
}
