import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config/index.js';
import { Database } from '../database/index.js';
import { OutboxLogRepository } from './outbox-log.repository.js';

const BATCH = 1_000;
const MOST_BATCHES = 50;

/** Forgets events past their time, a bounded number a call. What waits or is dead stays. */
@Injectable()
export class PruneOutbox {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly log: OutboxLogRepository,
  ) {}

  async execute(stop?: AbortSignal): Promise<number> {
    let forgotten = 0;
    for (let batch = 0; batch < MOST_BATCHES && stop?.aborted !== true; batch += 1) {
      const days = this.config.EVENT_RETENTION_DAYS;
      const count = await this.database.transaction((tx) => this.log.prune(tx, days, BATCH));
      forgotten += count;
      if (count < BATCH) break;
    }
    return forgotten;
  }
}
