import { Processor } from '@nestjs/bullmq';
import { JobProcessor, RESERVATIONS_QUEUE } from '../../platform/queue/index.js';
import { ExpireReservations } from '../use-cases/expire-reservations.use-case.js';

/** Rung when holds end. One run ends all that are due, so one at a time is enough. */
@Processor(RESERVATIONS_QUEUE, { concurrency: 1 })
export class ExpireReservationsProcessor extends JobProcessor {
  constructor(private readonly expireReservations: ExpireReservations) {
    super();
  }

  async process(): Promise<void> {
    await this.expireReservations.execute();
  }
}
