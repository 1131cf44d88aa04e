import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { newId } from '../../../kernel/id.js';
import { Database } from '../../../platform/database/index.js';
import type { EndpointDraft, WebhookEndpoint } from '../domain/endpoint.js';
import { WebhookEndpointLimitReached } from '../domain/outbound.errors.js';
import { SecretSeal } from '../gateway/secret-seal.js';
import { newSecret } from '../gateway/signature.js';
import { TargetGuard } from '../gateway/target-guard.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';

/** Every event is compared with each of them while all other events wait. */
const MOST_ENDPOINTS = 100;

/** The one moment at which a secret is seen. */
export interface WithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

/** Adds somebody who is told of events from now on. Throws WebhookUrlRefused and WebhookEndpointLimitReached. */
@Injectable()
export class CreateEndpoint {
  private readonly logger = new Logger(CreateEndpoint.name);

  constructor(
    private readonly database: Database,
    private readonly guard: TargetGuard,
    private readonly seal: SecretSeal,
    private readonly endpoints: WebhookEndpointRepository,
  ) {}

  async execute(actor: Actor, draft: EndpointDraft): Promise<WithSecret> {
    const { href } = await this.guard.admit(draft.url);
    const id = newId('whe');
    const secret = newSecret();
    const row = { ...draft, url: href, id, sealedSecret: this.seal.seal(secret, id) };
    const endpoint = await this.database.transaction((tx) => this.endpoints.insert(tx, row, MOST_ENDPOINTS));
    if (!endpoint) throw new WebhookEndpointLimitReached(MOST_ENDPOINTS);
    this.logger.log({
      msg: 'webhook_endpoint_created',
      webhook_endpoint_id: id,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
    return { endpoint, secret };
  }
}
