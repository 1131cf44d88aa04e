import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Database } from '../../../platform/database/index.js';
import { DeliveryBell } from '../delivery-bell.js';
import type { Delivery, DeliveryId } from '../domain/delivery.js';
import { WebhookDeliveryNotFound, WebhookEndpointDisabled } from '../domain/outbound.errors.js';
import { DeliveryRepository } from '../persistence/delivery.repository.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/**
 * Sends a delivery again at once, with all its attempts, whatever became of it. One that waits for its turn goes on waiting.
 * Throws WebhookDeliveryNotFound and WebhookEndpointDisabled.
 */
@Injectable()
export class ReplayDelivery {
  private readonly logger = new Logger(ReplayDelivery.name);

  constructor(
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly bell: DeliveryBell,
  ) {}

  execute(actor: Actor, id: DeliveryId): Promise<Delivery> {
    return this.database.transaction(async (tx) => {
      const found = await this.deliveries.find(tx, id);
      const endpoint = found && (await this.endpoints.find(tx, found.endpointId));
      if (!endpoint) throw new WebhookDeliveryNotFound(id);
      if (!endpoint.enabled) throw new WebhookEndpointDisabled(endpoint.id);
      const delivery = await this.deliveries.reopen(tx, id);
      if (!delivery) throw new WebhookDeliveryNotFound(id);
      this.database.afterCommit(tx, () => this.announce(actor, id));
      return delivery;
    });
  }

  private announce(actor: Actor, id: DeliveryId): void {
    this.logger.log({ msg: 'delivery_replayed', delivery_id: id, actor_id: actor.id, trace_id: actor.traceId });
    this.bell.ring();
  }
}
