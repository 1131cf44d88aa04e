import type { Writable } from 'node:stream';
import type { QueryRunner } from 'typeorm';
import type pg from 'pg';
import type { Tx } from './tx.js';
import { runPrepared } from './prepared.js';

/** A statement with its values. */
export interface Command {
  readonly text: string;
  readonly parameters: unknown[];
}

/**
 * A transaction on one connection. BEGIN leaves in one packet with the first statement and COMMIT with the last: to
 * PostgreSQL they are next to nothing, but each round trip wakes two processes.
 */
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

  run({ text, parameters }: Command): Promise<object[]> {
    if (this.begun) return runPrepared(this.client, text, parameters);
    return this.inOnePacket(() => {
      this.begun = this.client.query('BEGIN');
      // Where it fails, so does what follows it, which tells why.
      this.begun.catch(() => undefined);
      return runPrepared(this.client, text, parameters);
    });
  }

  /** Runs a last statement, if any, and ends the transaction. Where that statement fails, everything is undone. */
  async commit(last: Command | undefined): Promise<void> {
    if (last === undefined && !this.begun) return this.release();
    const [written, committed] = this.inOnePacket(() => [
      last === undefined ? Promise.resolve([]) : this.run(last),
      this.client.query('COMMIT'),
    ]);
    const [failure] = (await Promise.allSettled([written, this.begun, committed])).flatMap((each) =>
      each.status === 'rejected' ? [{ reason: each.reason }] : [],
    );
    if (failure) throw failure.reason;
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error('a statement had failed unnoticed: the transaction was undone');
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

  /** The driver writes each statement by itself, and each write is a system call. */
  private inOnePacket<T>(send: () => T): T {
    const stream = streamOf(this.client);
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }
}

function streamOf(client: pg.PoolClient): Writable {
  const stream: Writable = Reflect.get(Reflect.get(client, 'connection'), 'stream');
  return stream;
}
