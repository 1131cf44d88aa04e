import { Logger } from '@nestjs/common';
import type { Queue } from 'bullmq';

/**
 * Whether jobs can be put in. Also takes the connection errors that BullMQ reports, several a second, while Redis is away:
 * without a listener it would write each of them to standard error.
 */
export class QueueHealth {
  private readonly logger = new Logger(QueueHealth.name);

  constructor(private readonly queues: readonly Queue[]) {
    for (const queue of queues) {
      queue.on('error', (error) => this.logger.debug({ msg: 'queue_connection_error', reason: error.message }));
    }
  }

  async isReachable(): Promise<boolean> {
    await Promise.all(this.queues.map((queue) => queue.getJobCounts('waiting')));
    return true;
  }
}
