import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Database } from '../../../platform/database/index.js';
import type { EndpointChanges, WebhookEndpoint, WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointNotFound } from '../domain/outbound.errors.js';
import { TargetGuard } from '../gateway/target-guard.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';
import { DeliveryBell } from '../delivery-bell.js';

/**
 * Changes some members of an endpoint. Enabled again, it gets what it had still to receive; what happened while it was
 * disabled only a replay brings. Throws WebhookEndpointNotFound and WebhookUrlRefused.
 */
@Injectable()
export class UpdateEndpoint {
  private readonly logger = new Logger(UpdateEndpoint.name);

  constructor(
    private readonly database: Database,
    private readonly guard: TargetGuard,
    private readonly endpoints: WebhookEndpointRepository,
    private readonly bell: DeliveryBell,
  ) {}

  async execute(actor: Actor, id: WebhookEndpointId, changes: EndpointChanges): Promise<WebhookEndpoint> {
    const url = changes.url === undefined ? undefined : (await this.guard.admit(changes.url)).href;
    return this.database.transaction(async (tx) => {
      const before = await this.endpoints.lock(tx, id);
      if (!before) throw new WebhookEndpointNotFound(id);
      const after = await this.endpoints.update(tx, id, {
        url: url ?? before.url,
        eventTypes: changes.eventTypes ?? before.eventTypes,
        description: changes.description ?? before.description,
        enabled: changes.enabled ?? before.enabled,
      });
      this.database.afterCommit(tx, () => this.announce(actor, after));
      return after;
    });
  }

  private announce(actor: Actor, { id, enabled }: WebhookEndpoint): void {
    this.logger.log({
      msg: 'webhook_endpoint_changed',
      webhook_endpoint_id: id,
      enabled,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
    if (enabled) this.bell.ring();
  }
}
