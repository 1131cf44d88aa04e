import { Processor } from '@nestjs/bullmq';
import { DELIVERIES_QUEUE, JobProcessor } from '../../../platform/queue/index.js';
import { DeliverDue } from '../use-cases/deliver-due.use-case.js';

/** Rung when there is something to send. Several rings at once say no more than one. */
@Processor(DELIVERIES_QUEUE, { concurrency: 1 })
export class DeliverProcessor extends JobProcessor {
  constructor(private readonly deliverDue: DeliverDue) {
    super();
  }

  async process(): Promise<void> {
    await this.deliverDue.execute();
  }
}
