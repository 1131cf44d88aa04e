import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId } from '../../../kernel/id.js';
import { WEBHOOKS_QUEUE } from '../../../platform/queue/index.js';
import type { WebhookEventId } from '../domain/webhook-event.js';

export const PROCESS_EVENT = 'process-webhook-event';

/** Events of one bell: so many that the bell hardly counts, so few that the last one does not wait for long. */
const MOST_OF_A_BELL = 8;

export interface ProcessEventJob {
  readonly webhookEventIds: readonly WebhookEventId[];
}

/** Rings for an event at its time. Without Redis no bell rings, and the worker's sweep finds the event all the same. */
@Injectable()
export class EventBell {
  private readonly logger = new Logger(EventBell.name);

  constructor(@InjectQueue(WEBHOOKS_QUEUE) private readonly queue: Queue<ProcessEventJob>) {}

  /** Returns at once: Stripe waits for its answer, and nobody waits for Redis. */
  ringIn(seconds: number, ...ids: readonly WebhookEventId[]): void {
    const bells = Array.from({ length: Math.ceil(ids.length / MOST_OF_A_BELL) }, (_, place) => ({
      name: PROCESS_EVENT,
      data: { webhookEventIds: ids.slice(place * MOST_OF_A_BELL, (place + 1) * MOST_OF_A_BELL) },
      // An id that BullMQ has seen would make it do nothing, so each bell has its own.
      opts: { delay: seconds * 1_000, jobId: newId('job') },
    }));
    this.queue
      .addBulk(bells)
      .catch((error: unknown) => this.logger.debug({ msg: 'webhook_bell_not_set', reason: String(error) }));
  }
}
