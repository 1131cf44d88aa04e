import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { flush, takeWaiting } from './later.js';
import { rowsToCamelCase } from './naming.js';
import { isRetryableConflict, StaleRead } from './pg-error.js';
import { isOutdatedPlan } from './prepared.js';
import { Session } from './session.js';
import { Turnstile } from './turnstile.js';
import type { Tx } from './tx.js';

const MAX_RUNS = 3;
const POOL_SIZE_OF_TYPEORM = 10;
/** Every fourth connection is kept for those who end what they began, and for reads. */
const KEPT_SHARE = 4;
const LONGEST_WAIT_MS = 10_000;

type Hook = () => unknown;

/** One run of a transaction's work. */
interface Run {
  readonly hooks: Hook[];
  readonly again: boolean;
}

interface Committed<T> {
  readonly result: T;
  readonly hooks: readonly Hook[];
}

/** Opens transactions. A use case calls it; repositories and facades receive the {@link Tx} and never open one. */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  /**
   * Of transactions that are under way. An entry that is left here is no leak, but a small collection takes it for alive as long
   * as the map is old, and all that its hooks hold grows old with it.
   */
  private readonly runs = new WeakMap<Tx, Run>();
  private readonly newcomers: Turnstile;

  constructor(private readonly dataSource: DataSource) {
    const { poolSize = POOL_SIZE_OF_TYPEORM } = dataSource.options;
    this.newcomers = new Turnstile(Math.max(1, poolSize - Math.ceil(poolSize / KEPT_SHARE)), LONGEST_WAIT_MS);
  }

  /**
   * Runs the whole work in one READ COMMITTED transaction. After a deadlock (40P01), a serialization failure (40001) or a
   * migration that a prepared statement did not hear of, it runs again from the start, three times at most, so the work must
   * have no effect outside of the database: put those into {@link afterCommit}. So it does after a {@link StaleRead}.
   *
   * `concluding` is for the end of something that has had an effect elsewhere: money that moved must not stand in line
   * behind a crowd that has not even begun.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, phase: 'beginning' | 'concluding' = 'beginning'): Promise<T> {
    const run = () => this.rerun(work);
    // The hooks hold no connection, so they must not hold a newcomer's place either: Redis may be slow.
    const { result, hooks } = await (phase === 'concluding' ? run() : this.newcomers.pass(run));
    await Promise.all(hooks.map((hook) => this.runHook(hook)));
    return result;
  }

  /** Runs work of one statement that is a transaction by itself, and needs no BEGIN and COMMIT. Reruns are as in {@link transaction}. */
  async alone<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { result } = await this.newcomers.pass(() => this.rerun(work, 'one'));
    return result;
  }

  private async rerun<T>(work: (tx: Tx) => Promise<T>, statements: 'any' | 'one' = 'any'): Promise<Committed<T>> {
    for (let run = 1; ; run += 1) {
      try {
        return await this.runOnce(work, run > 1, statements);
      } catch (error) {
        if (run === MAX_RUNS || !(isRetryableConflict(error) || isOutdatedPlan(error))) throw error;
        if (!(error instanceof StaleRead)) this.logger.warn({ msg: 'transaction_rerun', run, reason: String(error) });
      }
    }
  }

  /** Does something once the transaction is durable, before the caller goes on. A failure is logged, not thrown. */
  afterCommit(tx: Tx, hook: Hook): void {
    const run = this.runs.get(tx);
    if (!run) throw new Error('afterCommit() needs the tx of Database.transaction');
    run.hooks.push(hook);
  }

  /** Whether the work runs once more, and must not go by what it sees without a lock. */
  isRerun(tx: Tx): boolean {
    return this.runs.get(tx)?.again === true;
  }

  /** A read outside of any transaction. Never decide about stock or money on what it answers. */
  async read<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    const rows: object[] = await this.dataSource.query(text, parameters);
    return rowsToCamelCase<Row>(rows);
  }

  /** Runs reads that all see one moment of the database; PostgreSQL refuses any write among them. */
  async snapshot<T>(work: (read: (text: string) => Promise<object[]>) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // A large shop takes its time, and nobody waits for a lock that a read holds.
      await runner.query('SET LOCAL statement_timeout = 0');
      return await work(async (text) => {
        const rows: object[] = await runner.query(text);
        return rows;
      });
    } finally {
      await runner.query('ROLLBACK').catch(() => undefined);
      await runner.release();
    }
  }

  private async runOnce<T>(
    work: (tx: Tx) => Promise<T>,
    again: boolean,
    statements: 'any' | 'one',
  ): Promise<Committed<T>> {
    const runner = this.dataSource.createQueryRunner();
    if (runner.isTransactionActive) return this.runInside(work, again);
    const session = await Session.on(runner, statements);
    const { tx } = session;
    const hooks = this.listenTo(tx, again);
    try {
      const result = await work(tx);
      await session.commit(takeWaiting(tx));
      return { result, hooks };
    } catch (error) {
      await session.rollBack();
      throw error;
    } finally {
      this.runs.delete(tx);
    }
  }

  /** Where the data source has one connection alone, inside a transaction, this one is a savepoint. */
  private async runInside<T>(work: (tx: Tx) => Promise<T>, again: boolean): Promise<Committed<T>> {
    return this.dataSource.transaction(async (tx) => {
      const hooks = this.listenTo(tx, again);
      try {
        const result = await work(tx);
        await flush(tx);
        return { result, hooks };
      } finally {
        // What was undone must not be written by the transaction around it.
        takeWaiting(tx);
        this.runs.delete(tx);
      }
    });
  }

  private listenTo(tx: Tx, again: boolean): Hook[] {
    const hooks: Hook[] = [];
    this.runs.set(tx, { hooks, again });
    return hooks;
  }

  private async runHook(hook: Hook): Promise<void> {
    try {
      await hook();
    } catch (error) {
      this.logger.warn({ msg: 'after_commit_failed', reason: String(error) });
    }
  }
}
