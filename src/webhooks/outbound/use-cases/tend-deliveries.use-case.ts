import { Injectable } from '@nestjs/common';
import { systemClock } from '../../../kernel/clock.js';
import { Database } from '../../../platform/database/index.js';
import { DeliveryBell } from '../delivery-bell.js';
import { DeliveryRepository } from '../persistence/delivery.repository.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/** Bodies hold names and addresses of buyers. The events themselves can be read, and replayed, for longer. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const BATCH = 1_000;

/** Keeps the deliveries in order, one bounded batch a call. */
@Injectable()
export class TendDeliveries {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly bell: DeliveryBell,
  ) {}

  async execute(): Promise<void> {
    const stranded = await this.database.transaction((tx) => this.deliveries.wakeStranded(tx, BATCH));
    if (stranded > 0) this.bell.ring();
    const oldest = new Date(systemClock.now().getTime() - KEPT_DAYS * DAY_MS);
    await this.database.transaction((tx) => this.deliveries.pruneOld(tx, oldest, BATCH));
    await this.database.transaction(async (tx) => {
      await this.deliveries.pruneOrphans(tx, BATCH);
      await this.endpoints.prune(tx);
    });
  }
}
