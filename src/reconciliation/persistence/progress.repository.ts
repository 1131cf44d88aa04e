import { Injectable } from '@nestjs/common';
import { sql, type Tx } from '../../platform/database/index.js';
import type { Task } from '../domain/progress.js';

export interface TakenTask {
  readonly doneUntil: Date;
  readonly fence: number;
  /** By the database's clock. */
  readonly now: Date;
}

/** The SQL of who compares what, and how far he has come. */
@Injectable()
export class ProgressRepository {
  /** Takes a task whose time has come, so that nobody else does it within `leaseSeconds`. */
  async take(
    tx: Tx,
    task: Task,
    { firstFrom, leaseSeconds }: { readonly firstFrom: Date; readonly leaseSeconds: number },
  ): Promise<TakenTask | undefined> {
    const [taken] = await sql<TakenTask>(
      tx,
      `INSERT INTO reconciliation_progress AS progress (task, done_until, next_run_at)
       VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
       ON CONFLICT (task) DO UPDATE SET next_run_at = excluded.next_run_at, fence = progress.fence + 1
         WHERE progress.next_run_at <= clock_timestamp()
       RETURNING done_until, fence, clock_timestamp() AS now`,
      [task, firstFrom, leaseSeconds],
    );
    return taken;
  }

  /** Goes on for another `leaseSeconds`. Answers whether the task is still this run's. */
  async keep(tx: Tx, task: Task, fence: number, leaseSeconds: number): Promise<boolean> {
    const rows = await sql(
      tx,
      `UPDATE reconciliation_progress SET next_run_at = clock_timestamp() + make_interval(secs => $3)
       WHERE task = $1 AND fence = $2 RETURNING task`,
      [task, fence, leaseSeconds],
    );
    return rows.length > 0;
  }

  async advance(tx: Tx, task: Task, fence: number, doneUntil: Date): Promise<boolean> {
    const rows = await sql(
      tx,
      `UPDATE reconciliation_progress SET done_until = $3 WHERE task = $1 AND fence = $2 RETURNING task`,
      [task, fence, doneUntil],
    );
    return rows.length > 0;
  }

  /** Gives the task back until its next time. */
  async finish(tx: Tx, task: Task, fence: number, nextRunAt: Date): Promise<void> {
    await sql(tx, 'UPDATE reconciliation_progress SET next_run_at = $3 WHERE task = $1 AND fence = $2', [
      task,
      fence,
      nextRunAt,
    ]);
  }
}
