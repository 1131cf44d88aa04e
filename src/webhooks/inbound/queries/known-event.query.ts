import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';

/** Whether an event lies in the inbox. */
@Injectable()
export class KnownEventQuery {
  constructor(private readonly database: Database) {}

  async isKnown({ providerEventId, provider }: ReceivedEvent): Promise<boolean> {
    const rows = await this.database.read(
      'SELECT 1 AS one FROM webhook_events WHERE provider_event_id = $1 AND provider = $2',
      [providerEventId, provider],
    );
    return rows.length > 0;
  }
}
