import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId } from '../../../kernel/id.js';
import { WEBHOOKS_QUEUE } from '../../../platform/queue/index.js';
import type { WebhookEventId } from '../domain/webhook-event.js';

export const PROCESS_EVENT = 'process-webhook-event';

export interface ProcessEventJob {
  readonly webhookEventId: WebhookEventId;
}

/** Rings for an event at its time. Without Redis no bell rings, and the worker's sweep finds the event all the same. */
@Injectable()
export class EventBell {
  private readonly logger = new Logger(EventBell.name);

  constructor(@InjectQueue(WEBHOOKS_QUEUE) private readonly queue: Queue<ProcessEventJob>) {}

  /** Returns at once: Stripe waits for its answer, and nobody waits for Redis. */
  ringIn(seconds: number, webhookEventId: WebhookEventId): void {
    // An id that BullMQ has seen would make add() do nothing, so each bell has its own.
    this.queue
      .add(PROCESS_EVENT, { webhookEventId }, { delay: seconds * 1_000, jobId: newId('job') })
      .catch((error: unknown) => this.logger.debug({ msg: 'webhook_bell_not_set', reason: String(error) }));
  }
}
