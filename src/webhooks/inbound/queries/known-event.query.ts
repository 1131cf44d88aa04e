import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';

/** Whether an event of the provider lies in the inbox. */
@Injectable()
export class KnownEventQuery {
  constructor(private readonly database: Database) {}

  async isKnown(providerEventId: string): Promise<boolean> {
    const rows = await this.database.read('SELECT 1 AS one FROM webhook_events WHERE provider_event_id = $1', [
      providerEventId,
    ]);
    return rows.length > 0;
  }
}
