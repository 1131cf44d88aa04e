import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const BATCH = 1_000;

/** Forgets keys whose time is over, one bounded batch a call. */
@Injectable()
export class PruneIdempotencyKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
  ) {}

  execute(): Promise<number> {
    return this.database.transaction((tx) => this.keys.prune(tx, BATCH));
  }
}
