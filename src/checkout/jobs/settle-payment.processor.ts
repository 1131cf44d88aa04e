import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { PAYMENTS_QUEUE } from '../../platform/queue/index.js';
import type { SettlePaymentJob } from '../use-cases/payment-bell.js';
import { SettlePayments } from '../use-cases/settle-payments.use-case.js';

const CONCURRENCY = 10;

/** Rung for one payment. A job that fails is not repeated here: the sweep finds the payment again. */
@Processor(PAYMENTS_QUEUE, { concurrency: CONCURRENCY })
export class SettlePaymentProcessor extends WorkerHost {
  private readonly logger = new Logger(SettlePaymentProcessor.name);

  constructor(private readonly settlePayments: SettlePayments) {
    super();
  }

  async process(job: Job<SettlePaymentJob>): Promise<void> {
    await this.settlePayments.settle(job.data.paymentId);
    this.logger.log({ msg: 'job_done', queue: PAYMENTS_QUEUE, job: job.name, payment_id: job.data.paymentId });
  }
}
