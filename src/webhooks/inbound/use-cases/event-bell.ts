import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId } from '../../../kernel/id.js';
import { inParts } from '../../../kernel/in-parts.js';
import { WEBHOOKS_QUEUE } from '../../../platform/queue/index.js';
import { topicOfEvent } from '../domain/event-topic.js';
import type { ReceivedEvent, WebhookEventId } from '../domain/webhook-event.js';

export const PROCESS_EVENT = 'process-webhook-event';

/**
 * Events of one bell. Those that are worked on one after the other are so few that the last one does not wait for long; of those
 * that are applied together there are so many that what each costs by itself is all that counts.
 */
const MOST_OF_A_BELL = { inTurn: 8, together: 32 };

export interface ProcessEventJob {
  readonly webhookEventIds: readonly WebhookEventId[];
}

export interface FreshEvent {
  readonly id: WebhookEventId;
  readonly event: Pick<ReceivedEvent, 'provider' | 'type'>;
}

/** Rings for an event at its time. Without Redis no bell rings, and the worker's sweep finds the event all the same. */
@Injectable()
export class EventBell {
  private readonly logger = new Logger(EventBell.name);

  constructor(@InjectQueue(WEBHOOKS_QUEUE) private readonly queue: Queue<ProcessEventJob>) {}

  /** Returns at once, as {@link ringFor} does: Stripe waits for its answer, and nobody waits for Redis. */
  ringIn(seconds: number, id: WebhookEventId): void {
    this.add([[id]], seconds);
  }

  /** Rings now for events that came at the same moment. */
  ringFor(events: readonly FreshEvent[]): void {
    const [together, inTurn] = [events.filter(isOfPayment), events.filter((each) => !isOfPayment(each))];
    this.add(
      [
        ...inParts(
          together.map(({ id }) => id),
          MOST_OF_A_BELL.together,
        ),
        ...inParts(
          inTurn.map(({ id }) => id),
          MOST_OF_A_BELL.inTurn,
        ),
      ],
      0,
    );
  }

  private add(parts: readonly (readonly WebhookEventId[])[], seconds: number): void {
    if (parts.length === 0) return;
    const bells = parts.map((webhookEventIds) => ({
      name: PROCESS_EVENT,
      data: { webhookEventIds },
      // An id that BullMQ has seen would make it do nothing, so each bell has its own.
      opts: { delay: seconds * 1_000, jobId: newId('job') },
    }));
    this.queue
      .addBulk(bells)
      .catch((error: unknown) => this.logger.debug({ msg: 'webhook_bell_not_set', reason: String(error) }));
  }
}

/** Those are worked on together, and nobody is asked about them before. */
function isOfPayment({ event }: FreshEvent): boolean {
  return topicOfEvent(event) === 'payment';
}
