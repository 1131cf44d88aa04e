import { Inject, Injectable } from '@nestjs/common';
import { newId } from '../../kernel/id.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import type { EventSubscriber, OutboxEvent } from '../../platform/outbox/index.js';
import { DeliveryBell } from './delivery-bell.js';
import { matchesPattern } from './event-table.js';
import { outgoingEvent } from './outgoing-events.js';
import { DeliveryRepository } from './persistence/delivery.repository.js';
import { WebhookEndpointRepository } from './persistence/endpoint.repository.js';

/** Addresses published events to the endpoints that ask for them, in the transaction that publishes them. */
@Injectable()
export class DeliveriesFacade implements EventSubscriber {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly bell: DeliveryBell,
  ) {}

  /** One delivery for each event and endpoint, however often the event is published. */
  async receive(tx: Tx, events: readonly OutboxEvent[]): Promise<void> {
    const listeners = await this.endpoints.findListeners(tx);
    const addressed = events.flatMap(({ id: eventId, type }) =>
      listeners
        .filter(({ eventTypes }) => eventTypes.some((pattern) => matchesPattern(type, pattern)))
        .map((endpoint) => ({ id: newId('del'), endpointId: endpoint.id, eventId })),
    );
    if (addressed.length === 0) return;
    const wanted = new Set(addressed.map(({ eventId }) => eventId));
    const told = events
      .filter(({ id }) => wanted.has(id))
      .map((event) => outgoingEvent(event, this.config.EVENT_SOURCE));
    await this.deliveries.insert(tx, addressed, told);
    this.database.afterCommit(tx, () => this.bell.ring());
  }
}
