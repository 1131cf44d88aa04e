import type { QueryRunner } from 'typeorm';
import type pg from 'pg';
import type { Tx } from './tx.js';
import { runPrepared } from './prepared.js';

/** A statement with its values. */
export interface Command {
  readonly text: string;
  readonly parameters: unknown[];
}

/** A transaction on one connection. It begins with its first statement: one that asks nothing costs nothing. */
export class Session {
  private static readonly open = new WeakMap<Tx, Session>();
  private begun: Promise<unknown> | undefined;

  private constructor(
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
  ) {}

  /** Takes a connection. Whoever opens it has to {@link commit} or {@link rollBack}. */
  static async on(runner: QueryRunner): Promise<Session> {
    const client: pg.PoolClient = await runner.connect();
    const session = new Session(runner, client);
    Session.open.set(runner.manager, session);
    return session;
  }

  static of(tx: Tx): Session | undefined {
    return Session.open.get(tx);
  }

  get tx(): Tx {
    return this.runner.manager;
  }

  async run({ text, parameters }: Command): Promise<object[]> {
    this.begun ??= this.client.query('BEGIN');
    await this.begun;
    return runPrepared(this.client, text, parameters);
  }

  /** Runs a last statement, if any, and ends the transaction. Where that statement fails, everything is undone. */
  async commit(last: Command | undefined): Promise<void> {
    if (last) await this.run(last);
    if (this.begun) {
      await this.begun;
      const { command } = await this.client.query('COMMIT');
      if (command !== 'COMMIT') throw new Error('a statement had failed unnoticed: the transaction was undone');
    }
    await this.release();
  }

  /** Undoes everything. A connection on which not even that is possible goes out of use. */
  async rollBack(): Promise<void> {
    if (this.begun) await this.client.query('ROLLBACK').catch(() => undefined);
    await this.release();
  }

  private async release(): Promise<void> {
    Session.open.delete(this.tx);
    await this.runner.release();
  }
}
