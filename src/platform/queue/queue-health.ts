import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { PAYMENTS_QUEUE } from './queue-names.js';

/** Whether jobs can be put in. Also swallows connection errors that BullMQ emits while Redis is away. */
@Injectable()
export class QueueHealth implements OnModuleInit {
  private readonly logger = new Logger(QueueHealth.name);

  constructor(@InjectQueue(PAYMENTS_QUEUE) private readonly queue: Queue) {}

  onModuleInit(): void {
    this.queue.on('error', (error) => this.logger.debug({ msg: 'queue_connection_error', reason: error.message }));
  }

  async isReachable(): Promise<boolean> {
    await this.queue.getJobCounts('waiting');
    return true;
  }
}
