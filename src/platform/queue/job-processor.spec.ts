import { Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { JobProcessor } from './job-processor.js';

class Settling extends JobProcessor {
  override process = (): Promise<void> => Promise.resolve();
}

const processor = new Settling();
const data = { paymentId: 'pay_1', webhookEventId: 'whe_1' };
const job: Job<object> = Object.assign(Object.create(null), { queueName: 'payments', name: 'settle-payment', data });

describe('the log line of a job', () => {
  it('spells what the job is about as all other lines do', () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();

    processor.onCompleted(job);

    expect(log.mock.calls).toEqual([
      [
        {
          ...{ msg: 'job_done', queue: 'payments', job: 'settle-payment' },
          ...{ payment_id: 'pay_1', webhook_event_id: 'whe_1' },
        },
      ],
    ]);
  });

  it('says why a job failed, also where BullMQ has forgotten which', () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation();

    processor.onFailed(job, new Error('no answer'));
    processor.onFailed(undefined, new Error('no job'));

    expect(error.mock.calls).toMatchObject([
      [{ msg: 'job_failed', queue: 'payments', payment_id: 'pay_1', reason: 'no answer' }],
      [{ msg: 'job_failed', reason: 'no job' }],
    ]);
  });
});
