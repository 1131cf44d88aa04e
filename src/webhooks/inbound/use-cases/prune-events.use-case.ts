import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';

/** Events hold names and addresses of buyers. Stripe itself shows them for 30 days. */
const KEPT_DAYS = 90;
const BATCH = 1_000;

/** Forgets events that nobody will ask for any more, one bounded batch a call. What waits or is parked stays. */
@Injectable()
export class PruneEvents {
  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
  ) {}

  execute(): Promise<number> {
    return this.database.transaction((tx) => this.events.prune(tx, KEPT_DAYS, BATCH));
  }
}
