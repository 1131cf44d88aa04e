import { OnWorkerEvent, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Inject, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { RedisStore } from '../redis/index.js';

/** What every processor of jobs has: one line for each job, and silence while Redis is away. */
export abstract class JobProcessor extends WorkerHost implements BeforeApplicationShutdown {
  protected readonly logger = new Logger(JobProcessor.name);
  @Inject(RedisStore) private readonly redis: RedisStore;

  /**
   * A worker that stops finishes the job that it has. Without Redis it could tell nobody and would wait without an end: what
   * it leaves open is found again, as after a crash.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (!(await this.redis.isReachable())) await this.worker.close(true);
  }

  @OnWorkerEvent('completed')
  onCompleted(job: Job<object>): void {
    this.logger.log({ msg: 'job_done', queue: job.queueName, job: job.name, ...logged(job.data) });
  }

  /** Jobs are not repeated by BullMQ: the sweep that stands behind each finds its work again. */
  @OnWorkerEvent('failed')
  onFailed(job: Job<object> | undefined, error: Error): void {
    this.logger.error({
      msg: 'job_failed',
      queue: job?.queueName,
      job: job?.name,
      ...logged(job?.data ?? {}),
      reason: error.message,
    });
  }

  /** BullMQ reports a lost connection several times a second; that Redis is lost is said once, elsewhere. */
  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.logger.debug({ msg: 'queue_connection_error', reason: error.message });
  }
}

/** What a job is about, in the spelling of the log: `paymentId` is `payment_id` there. */
function logged(data: object): object {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
