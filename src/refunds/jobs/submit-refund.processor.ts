import { Processor } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JobProcessor, REFUNDS_QUEUE } from '../../platform/queue/index.js';
import type { SubmitRefundJob } from '../refund-bell.js';
import { SubmitRefunds } from '../use-cases/submit-refunds.use-case.js';

const CONCURRENCY = 10;

/** Rung for one refund. */
@Processor(REFUNDS_QUEUE, { concurrency: CONCURRENCY })
export class SubmitRefundProcessor extends JobProcessor {
  constructor(private readonly submitRefunds: SubmitRefunds) {
    super();
  }

  async process(job: Job<SubmitRefundJob>): Promise<void> {
    await this.submitRefunds.submit(job.data.refundId);
  }
}
