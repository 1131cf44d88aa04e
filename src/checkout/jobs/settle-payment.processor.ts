import { Processor } from '@nestjs/bullmq';
import type { Job } from 'bullmq';
import { JobProcessor, PAYMENTS_QUEUE } from '../../platform/queue/index.js';
import type { SettlePaymentJob } from '../use-cases/payment-bell.js';
import { SettlePayments } from '../use-cases/settle-payments.use-case.js';

const CONCURRENCY = 10;

/** Rung for one payment. */
@Processor(PAYMENTS_QUEUE, { concurrency: CONCURRENCY })
export class SettlePaymentProcessor extends JobProcessor {
  constructor(private readonly settlePayments: SettlePayments) {
    super();
  }

  async process(job: Job<SettlePaymentJob>): Promise<void> {
    await this.settlePayments.settle(job.data.paymentId);
  }
}
