import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../../platform/database/index.js';
import { afterFailure, afterSearch } from '../domain/retry-policy.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { EventBell } from './event-bell.js';
import { ProviderSilent } from './provider-silent.js';

const LONGEST_ERROR = 500;

/** What happens to an event that could not be worked on: later again, and in the end it is parked, for a person to see. */
@Injectable()
export class PostponeEvent {
  private readonly logger = new Logger(PostponeEvent.name);

  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
    private readonly bell: EventBell,
  ) {}

  /** The event is about something that we do not know, or not yet. In the transaction that found this out. */
  async unknown(tx: Tx, event: WebhookEvent): Promise<void> {
    await this.put(tx, event, {
      status: 'deferred',
      pause: afterSearch(event.attempts),
      error: event.provider === 'stripe' ? 'no payment of ours has this intent' : 'no such order or payment is known',
    });
  }

  /** Never throws: should even this fail, the event's lease runs out and it is taken up again. */
  async failed(event: WebhookEvent, error: unknown): Promise<void> {
    const silent = error instanceof ProviderSilent;
    await this.record(event, {
      status: silent ? 'deferred' : 'received',
      pause: silent ? afterSearch(event.attempts) : afterFailure(event.attempts),
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** Taken up again and again, and never given back. */
  async fatal(event: WebhookEvent): Promise<void> {
    await this.record(event, {
      status: 'received',
      pause: 'park',
      error: 'the process ended each time it worked on this event',
    });
  }

  private async record(event: WebhookEvent, fate: Fate): Promise<void> {
    try {
      await this.database.transaction(async (tx) => {
        if (await this.events.lockTaken(tx, event)) await this.put(tx, event, fate);
      });
    } catch (error) {
      this.logger.error({ msg: 'webhook_failure_not_recorded', ...namesOf(event), reason: String(error) });
    }
  }

  private async put(tx: Tx, event: WebhookEvent, { status, pause, error }: Fate): Promise<void> {
    const reason = error.slice(0, LONGEST_ERROR);
    const facts = { ...namesOf(event), attempts: event.attempts, reason };
    if (pause === 'park') {
      await this.events.park(tx, event.id, reason);
      this.database.afterCommit(tx, () => this.logger.error({ msg: 'webhook_parked', ...facts }));
      return;
    }
    await this.events.postpone(tx, event.id, { status, seconds: pause, error: reason });
    this.database.afterCommit(tx, () => {
      this.logger.warn({ msg: 'webhook_postponed', ...facts, pause_seconds: pause });
      this.bell.ringIn(pause, event.id);
    });
  }
}

interface Fate {
  readonly status: 'received' | 'deferred';
  readonly pause: number | 'park';
  readonly error: string;
}

function namesOf(event: WebhookEvent): object {
  return { webhook_event_id: event.id, provider_event_id: event.providerEventId, type: event.type };
}
