import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Database } from '../../../platform/database/index.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointNotFound } from '../domain/outbound.errors.js';
import { SecretSeal } from '../gateway/secret-seal.js';
import { newSecret } from '../gateway/signature.js';
import { WebhookEndpointRepository } from '../persistence/endpoint.repository.js';
import type { WithSecret } from './create-endpoint.use-case.js';

/**
 * Gives an endpoint a new secret. The old one signs beside it for a while, so that its receiver need not change at the same
 * moment. Rotated once more within that time, the oldest ends at once. Throws WebhookEndpointNotFound.
 */
@Injectable()
export class RotateSecret {
  private readonly logger = new Logger(RotateSecret.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly seal: SecretSeal,
    private readonly endpoints: WebhookEndpointRepository,
  ) {}

  async execute(actor: Actor, id: WebhookEndpointId): Promise<WithSecret> {
    const secret = newSecret();
    const rotation = {
      sealedSecret: this.seal.seal(secret, id),
      overlapSeconds: this.config.WEBHOOK_SECRET_OVERLAP_SECONDS,
    };
    const endpoint = await this.database.transaction((tx) => this.endpoints.rotate(tx, id, rotation));
    if (!endpoint) throw new WebhookEndpointNotFound(id);
    this.logger.log({
      msg: 'webhook_secret_rotated',
      webhook_endpoint_id: id,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
    return { endpoint, secret };
  }
}
