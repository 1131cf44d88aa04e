import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { newId } from '../../kernel/id.js';
import { DELIVERIES_QUEUE } from '../../platform/queue/index.js';

const DELIVER = 'deliver-webhooks';

/** Rings when there are deliveries to send. Without Redis no bell rings, and the worker's sweep finds them all the same. */
@Injectable()
export class DeliveryBell {
  private readonly logger = new Logger(DeliveryBell.name);

  constructor(@InjectQueue(DELIVERIES_QUEUE) private readonly queue: Queue<object>) {}

  /** Returns at once. */
  ring(): void {
    // An id that BullMQ has seen would make add() do nothing, so each bell has its own.
    this.queue
      .add(DELIVER, {}, { jobId: newId('job') })
      .catch((error: unknown) => this.logger.debug({ msg: 'delivery_bell_not_set', reason: String(error) }));
  }
}
