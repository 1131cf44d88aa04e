import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Database } from '../../../platform/database/index.js';
import { WebhookEventNotFound } from '../domain/webhook.errors.js';
import type { WebhookEvent, WebhookEventId } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { EventBell } from './event-bell.js';

/** Works on an event anew, as if it had just come. One that was processed already changes nothing by that. */
@Injectable()
export class ReplayEvent {
  private readonly logger = new Logger(ReplayEvent.name);

  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
    private readonly bell: EventBell,
  ) {}

  execute(actor: Actor, id: WebhookEventId): Promise<WebhookEvent> {
    return this.database.transaction(async (tx) => {
      const event = await this.events.reopen(tx, id);
      if (!event) throw new WebhookEventNotFound(id);
      this.database.afterCommit(tx, () => {
        this.logger.log({
          msg: 'webhook_replayed',
          webhook_event_id: id,
          actor_id: actor.id,
          trace_id: actor.traceId,
        });
        this.bell.ringIn(0, id);
      });
      return event;
    });
  }
}
