import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { newId } from '../../../kernel/id.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Database } from '../../../platform/database/index.js';
import { DeliveryBell } from '../delivery-bell.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointDisabled, WebhookEndpointNotFound, WebhookReplayTooLarge } from '../domain/outbound.errors.js';
import { typesMatching } from '../event-table.js';
import { outgoingEvent } from '../outgoing-events.js';
import { DeliveryRepository } from '../persistence/delivery.repository.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';
import { PublishedEventRepository } from '../persistence/published-event.repository.js';

const MOST_EVENTS = 5_000;

/** `from` is inclusive, `to` exclusive; both are the `time` of the events. */
export interface ReplayedRange {
  readonly from: Date;
  readonly to: Date;
}

@Injectable()
export class ReplayRange {
  private readonly logger = new Logger(ReplayRange.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly events: PublishedEventRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly bell: DeliveryBell,
  ) {}

  /**
   * Sends an endpoint everything once more that happened in a time and that it asks for, also what happened before it was
   * there or while it was disabled. Answers how many events those are. Throws WebhookEndpointNotFound,
   * WebhookEndpointDisabled and WebhookReplayTooLarge.
   */
  execute(actor: Actor, endpointId: WebhookEndpointId, range: ReplayedRange): Promise<number> {
    return this.database.transaction(async (tx) => {
      const endpoint = await this.endpoints.find(tx, endpointId);
      if (!endpoint) throw new WebhookEndpointNotFound(endpointId);
      if (!endpoint.enabled) throw new WebhookEndpointDisabled(endpointId);
      const wanted = { ...range, types: typesMatching(endpoint.eventTypes) };
      const events = await this.events.find(tx, wanted, MOST_EVENTS + 1);
      if (events.length > MOST_EVENTS) throw new WebhookReplayTooLarge(MOST_EVENTS);
      const told = events.map((event) => outgoingEvent(event, this.config.EVENT_SOURCE));
      const addressed = told.map(({ id: eventId }) => ({ id: newId('del'), endpointId, eventId }));
      await this.deliveries.reopenAll(tx, endpointId, addressed, told);
      this.database.afterCommit(tx, () => this.announce(actor, endpointId, events.length));
      return events.length;
    });
  }

  private announce(actor: Actor, id: WebhookEndpointId, count: number): void {
    this.logger.log({
      msg: 'webhook_range_replayed',
      webhook_endpoint_id: id,
      count,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
    this.bell.ring();
  }
}
