import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId, type RefundId } from '../kernel/id.js';
import { REFUNDS_QUEUE } from '../platform/queue/index.js';

export const SUBMIT_REFUND = 'submit-refund';

export interface SubmitRefundJob {
  readonly refundId: RefundId;
}

/** Rings for a refund. Without Redis no bell rings, and the worker's sweep finds the refund all the same. */
@Injectable()
export class RefundBell {
  private readonly logger = new Logger(RefundBell.name);

  constructor(@InjectQueue(REFUNDS_QUEUE) private readonly queue: Queue<SubmitRefundJob>) {}

  /** Returns at once: no request waits for Redis. */
  ring(refundId: RefundId): void {
    this.queue
      .add(SUBMIT_REFUND, { refundId }, { jobId: newId('job') })
      .catch((error: unknown) => this.logger.debug({ msg: 'refund_bell_not_set', reason: String(error) }));
  }
}
