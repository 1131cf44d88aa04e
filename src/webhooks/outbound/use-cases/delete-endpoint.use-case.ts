import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { Database } from '../../../platform/database/index.js';
import type { WebhookEndpoint, WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointNotFound } from '../domain/outbound.errors.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/** Nothing is sent to the endpoint any more, and its deliveries are forgotten by and by. Throws WebhookEndpointNotFound. */
@Injectable()
export class DeleteEndpoint {
  private readonly logger = new Logger(DeleteEndpoint.name);

  constructor(
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointRepository,
  ) {}

  async execute(actor: Actor, id: WebhookEndpointId): Promise<WebhookEndpoint> {
    const endpoint = await this.database.transaction((tx) => this.endpoints.remove(tx, id));
    if (!endpoint) throw new WebhookEndpointNotFound(id);
    this.logger.log({
      msg: 'webhook_endpoint_deleted',
      webhook_endpoint_id: id,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
    return endpoint;
  }
}
