import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId, type PaymentId } from '../../kernel/id.js';
import { PAYMENTS_QUEUE } from '../../platform/queue/index.js';

export const SETTLE_PAYMENT = 'settle-payment';

export interface SettlePaymentJob {
  readonly paymentId: PaymentId;
}

/** Rings for a payment at its time. Without Redis no bell rings, and the worker's sweep finds the payment all the same. */
@Injectable()
export class PaymentBell {
  private readonly logger = new Logger(PaymentBell.name);

  constructor(@InjectQueue(PAYMENTS_QUEUE) private readonly queue: Queue<SettlePaymentJob>) {}

  /** Returns at once: no request waits for Redis. */
  ringIn(seconds: number, paymentId: PaymentId): void {
    // An id that BullMQ has seen would make add() do nothing, so each bell has its own.
    this.queue
      .add(SETTLE_PAYMENT, { paymentId }, { delay: seconds * 1_000, jobId: newId('job') })
      .catch((error: unknown) => this.logger.debug({ msg: 'payment_bell_not_set', reason: String(error) }));
  }
}
