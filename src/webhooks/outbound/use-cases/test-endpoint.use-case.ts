import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { newId } from '../../../kernel/id.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Database } from '../../../platform/database/index.js';
import { DeliveryBell } from '../delivery-bell.js';
import type { Delivery } from '../domain/delivery.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import {
  WebhookDeliveryNotFound,
  WebhookEndpointDisabled,
  WebhookEndpointNotFound,
} from '../domain/outbound.errors.js';
import { outgoingEvent } from '../outgoing-events.js';
import { DeliveryRepository } from '../persistence/delivery.repository.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/** An event that only a test brings about. No filter asks for it and none keeps it away. */
export const TEST_EVENT = 'webhook.test';

/**
 * Sends an endpoint an event of which nothing follows, the way all others go. Throws WebhookEndpointNotFound and
 * WebhookEndpointDisabled.
 */
@Injectable()
export class TestEndpoint {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly bell: DeliveryBell,
  ) {}

  execute(actor: Actor, endpointId: WebhookEndpointId): Promise<Delivery> {
    return this.database.transaction(async (tx) => {
      const endpoint = await this.endpoints.find(tx, endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound(endpointId);
      if (!endpoint.enabled) throw new WebhookEndpointDisabled(endpointId);
      const id = newId('del');
      const event = this.event(actor, endpointId);
      await this.deliveries.insert(tx, [{ id, endpointId, eventId: event.id }], [event]);
      const delivery = await this.deliveries.find(tx, id);
      if (!delivery) throw new WebhookDeliveryNotFound(id);
      this.database.afterCommit(tx, () => this.bell.ring());
      return delivery;
    });
  }

  /** Each has a lane of its own and waits for nothing. */
  private event({ traceId }: Actor, endpointId: WebhookEndpointId) {
    const data = { type: TEST_EVENT, webhook_endpoint_id: endpointId };
    const event = { id: newId('evt'), aggregateId: endpointId, version: 1, type: TEST_EVENT, traceId };
    const told = outgoingEvent(
      { ...event, payload: JSON.stringify(data), createdAt: new Date() },
      this.config.EVENT_SOURCE,
    );
    return { ...told, lane: event.id };
  }
}
