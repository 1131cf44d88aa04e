import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { REFUNDS_QUEUE } from '../../platform/queue/index.js';
import type { SubmitRefundJob } from '../refund-bell.js';
import { SubmitRefunds } from '../use-cases/submit-refunds.use-case.js';

const CONCURRENCY = 10;

/** Rung for one refund. A job that fails is not repeated here: the sweep finds the refund again. */
@Processor(REFUNDS_QUEUE, { concurrency: CONCURRENCY })
export class SubmitRefundProcessor extends WorkerHost {
  private readonly logger = new Logger(SubmitRefundProcessor.name);

  constructor(private readonly submitRefunds: SubmitRefunds) {
    super();
  }

  async process(job: Job<SubmitRefundJob>): Promise<void> {
    await this.submitRefunds.submit(job.data.refundId);
    this.logger.log({ msg: 'job_done', queue: REFUNDS_QUEUE, job: job.name, refund_id: job.data.refundId });
  }
}
