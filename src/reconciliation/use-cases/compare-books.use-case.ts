import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '../../kernel/clock.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { daysLater, daysToCompare, nextComparison, startOfDay } from '../domain/days.js';
import { CompareDay } from './compare-day.js';
import { LookAgain } from './look-again.js';
import { ReconciliationRuns, type Run } from './reconciliation-runs.js';

/** Compares the books of each day that has ended with the provider's, once, also those that an outage has left out. */
@Injectable()
export class CompareBooks {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly runs: ReconciliationRuns,
    private readonly compareDay: CompareDay,
    private readonly lookAgain: LookAgain,
  ) {}

  /** Does nothing before the next day is due. Answers whether it was. */
  execute(stop?: AbortSignal): Promise<boolean> {
    const yesterday = daysLater(startOfDay(systemClock.now()), -1);
    return this.runs.take('books', yesterday, stop, (run) => this.compare(run));
  }

  private async compare(run: Run): Promise<Date> {
    const afterSeconds = this.config.RECONCILE_BOOKS_AFTER_SECONDS;
    let { doneUntil } = run;
    for (const day of daysToCompare(doneUntil, run.startedAt, afterSeconds)) {
      await this.compareDay.execute(day, run);
      await run.advance(day.to);
      doneUntil = day.to;
    }
    await this.lookAgain.execute(run);
    return nextComparison(doneUntil, afterSeconds);
  }
}
