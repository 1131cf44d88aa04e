import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import type { Task } from '../domain/progress.js';
import { ProgressRepository, type TakenTask } from '../persistence/progress.repository.js';

/** A run that breaks off is begun anew after this time: also how long a failed one waits. */
const LEASE_SECONDS = 600;

/** The process stops, or somebody else has taken the task over. What was done stays done. */
export class RunEnded extends Error {}

/** One run of a task. */
export interface Run {
  /** Everything before this was looked at by earlier runs. */
  readonly doneUntil: Date;
  /** When this run began, by the database's clock. */
  readonly startedAt: Date;
  /** To be called before each step: keeps the task for as long as the next one may take. Throws RunEnded. */
  goOn(): Promise<void>;
  /** Writes down how far the task has come. Throws RunEnded. */
  advance(doneUntil: Date): Promise<void>;
}

/** Sees to it that a task runs at its time, once, whichever worker comes first, and goes on where the last run stopped. */
@Injectable()
export class ReconciliationRuns {
  constructor(
    private readonly database: Database,
    private readonly progress: ProgressRepository,
  ) {}

  /**
   * Runs a task if its time has come, and answers whether it had. `work` answers when the next time is; where it throws,
   * the task is tried again once its lease has run out. A task that never ran begins at `firstFrom`.
   */
  async take(
    task: Task,
    firstFrom: Date,
    stop: AbortSignal | undefined,
    work: (run: Run) => Promise<Date>,
  ): Promise<boolean> {
    const terms = { firstFrom, leaseSeconds: LEASE_SECONDS };
    const taken = await this.database.transaction((tx) => this.progress.take(tx, task, terms));
    if (!taken) return false;
    try {
      await this.giveBack(task, taken, await work(this.runOf(task, taken, stop)));
    } catch (error) {
      if (!(error instanceof RunEnded)) throw error;
      // Whoever runs next, in this process or another, need not wait for the lease.
      await this.giveBack(task, taken, taken.now);
    }
    return true;
  }

  private runOf(task: Task, { doneUntil, now, fence }: TakenTask, stop: AbortSignal | undefined): Run {
    const insist = (isOurs: boolean): void => {
      if (!isOurs || stop?.aborted) throw new RunEnded(`the run of ${task} has ended`);
    };
    return {
      doneUntil,
      startedAt: now,
      goOn: async () =>
        insist(await this.database.transaction((tx) => this.progress.keep(tx, task, fence, LEASE_SECONDS))),
      advance: async (until) =>
        insist(await this.database.transaction((tx) => this.progress.advance(tx, task, fence, until))),
    };
  }

  /** Changes nothing where somebody else has the task by now. */
  private giveBack(task: Task, { fence }: TakenTask, nextRunAt: Date): Promise<void> {
    return this.database.transaction((tx) => this.progress.finish(tx, task, fence, nextRunAt));
  }
}
