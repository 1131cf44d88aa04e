import { Processor } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JobProcessor, WEBHOOKS_QUEUE } from '../../../platform/queue/index.js';
import type { ProcessEventJob } from '../use-cases/event-bell.js';
import { ProcessEvents } from '../use-cases/process-events.use-case.js';

/** Few, so that what comes in heaps leaves the database to buyers and to what still comes in; it is over no later. */
const CONCURRENCY = 4;

/** Rung for one event, or for several that came together. */
@Processor(WEBHOOKS_QUEUE, { concurrency: CONCURRENCY })
export class ProcessEventProcessor extends JobProcessor {
  constructor(private readonly processEvents: ProcessEvents) {
    super();
  }

  async process(job: Job<ProcessEventJob>): Promise<void> {
    await this.processEvents.process(job.data.webhookEventIds);
  }
}
