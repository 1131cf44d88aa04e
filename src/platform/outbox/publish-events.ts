import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '../database/index.js';
import { EVENT_SUBSCRIBERS, EVENT_TRANSPORTS, type EventSubscriber, type EventTransport } from './event-route.js';
import { OutboxLogRepository } from './outbox-log.repository.js';

const BATCH = 500;
const MOST_BATCHES = 200;

/**
 * Puts events into the feed, in order, and hands them to our own subscribers, all in one transaction for each batch. Any
 * number of workers may do so: one at a time works, and the others have nothing to do.
 */
@Injectable()
export class PublishEvents {
  constructor(
    private readonly database: Database,
    private readonly log: OutboxLogRepository,
    @Inject(EVENT_SUBSCRIBERS) private readonly subscribers: readonly EventSubscriber[],
    @Inject(EVENT_TRANSPORTS) private readonly transports: readonly EventTransport[],
  ) {}

  /** Publishes what waits, and answers how much that was. */
  async execute(stop?: AbortSignal): Promise<number> {
    let published = 0;
    for (let batch = 0; batch < MOST_BATCHES && stop?.aborted !== true; batch += 1) {
      const count = await this.database.transaction((tx) => this.publish(tx));
      published += count;
      // Less than a whole batch was all there was; whatever has come since rings by itself.
      if (count < BATCH) break;
    }
    return published;
  }

  private async publish(tx: Tx): Promise<number> {
    if (!(await this.log.lock(tx))) return 0;
    const events = await this.log.publish(tx, BATCH, this.transports.length === 0 ? 'published' : 'sending');
    for (const subscriber of events.length === 0 ? [] : this.subscribers) await subscriber.receive(tx, events);
    return events.length;
  }
}
