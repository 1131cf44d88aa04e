import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../../platform/database/index.js';
import { RedisStore } from '../../../platform/redis/index.js';
import { topicOfEvent } from '../domain/event-topic.js';
import type { ReceivedEvent, WebhookEventId } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { KnownEventQuery } from '../queries/known-event.query.js';
import { EventBell } from './event-bell.js';

export type Reception = 'stored' | 'duplicate';

/** As long as Stripe goes on trying to deliver an event (https://docs.stripe.com/webhooks#retries). */
const REMEMBERED_SECONDS = 3 * 86_400;

/** Stores an event for good, once, and leaves the work to a job: whoever delivers it is answered at once. */
@Injectable()
export class ReceiveEvent {
  private readonly logger = new Logger(ReceiveEvent.name);

  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly events: WebhookEventRepository,
    private readonly known: KnownEventQuery,
    private readonly bell: EventBell,
  ) {}

  async execute(event: ReceivedEvent): Promise<Reception> {
    if (await this.isDuplicate(event)) return 'duplicate';
    const stored = await this.database.transaction((tx) => this.store(tx, event));
    // After the commit, and also for a duplicate: Redis only ever knows what PostgreSQL has.
    await this.redis.put(keyOf(event), '1', REMEMBERED_SECONDS);
    return stored ? 'stored' : 'duplicate';
  }

  /** Stores what nobody can read, once, for a person to see. `event` names it by where it was found. */
  async setAside(event: ReceivedEvent, error: string): Promise<Reception> {
    const id = await this.database.transaction((tx) => this.events.insert(tx, event, { status: 'parked', error }));
    if (!id) return 'duplicate';
    this.logger.error({ msg: 'webhook_parked', webhook_event_id: id, origin: event.origin, reason: error });
    return 'stored';
  }

  /** Redis says where a look is worth while, and spares a write; that nothing is lost PostgreSQL alone can say. */
  private async isDuplicate(event: ReceivedEvent): Promise<boolean> {
    const seen = await this.redis.get(keyOf(event));
    return seen !== undefined && (await this.known.isKnown(event));
  }

  private async store(tx: Tx, event: ReceivedEvent): Promise<WebhookEventId | undefined> {
    const status = topicOfEvent(event) === undefined ? 'ignored' : 'received';
    const id = await this.events.insert(tx, event, { status });
    if (id) this.database.afterCommit(tx, () => this.announce(id, event, status));
    return id;
  }

  private announce(id: WebhookEventId, event: ReceivedEvent, status: 'received' | 'ignored'): void {
    const { provider, providerEventId, type } = event;
    this.logger.log({
      msg: 'webhook_received',
      webhook_event_id: id,
      provider,
      provider_event_id: providerEventId,
      type,
      status,
    });
    if (status === 'received') this.bell.ringIn(0, id);
  }
}

function keyOf(event: ReceivedEvent): string {
  const { provider, providerEventId } = event;
  return provider === 'stripe' ? `webhook:${providerEventId}` : `webhook:${provider}:${providerEventId}`;
}
