import type { QueryRunner } from 'typeorm';
import type pg from 'pg';
import { type Command, type Outcome, Packet } from './packet.js';
import type { Tx } from './tx.js';

const BEGIN: Command = { text: 'BEGIN', parameters: [], unnamed: true };
const COMMIT: Command = { text: 'COMMIT', parameters: [], unnamed: true };

/** A statement that writes, and what its failure means. */
export interface Written extends Command {
  readonly explain: (error: unknown) => never;
}

/**
 * A transaction on one connection. Statements that are asked for at the same moment leave in one packet, in the order in which
 * they were; the first takes BEGIN along and the last COMMIT. One that asks nothing costs nothing.
 */
export class Session {
  private static readonly open = new WeakMap<Tx, Session>();
  private begun = false;
  /** What leaves at the end of this moment. */
  private packet: Packet | undefined;

  private constructor(
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
    private readonly statements: 'any' | 'one',
  ) {}

  /**
   * Takes a connection. Whoever opens it has to {@link commit} or {@link rollBack}. One statement alone is a transaction without
   * BEGIN and COMMIT.
   */
  static async on(runner: QueryRunner, statements: 'any' | 'one' = 'any'): Promise<Session> {
    const client: pg.PoolClient = await runner.connect();
    const session = new Session(runner, client, statements);
    Session.open.set(runner.manager, session);
    return session;
  }

  static of(tx: Tx): Session | undefined {
    return Session.open.get(tx);
  }

  get tx(): Tx {
    return this.runner.manager;
  }

  /** Rejects with QueryFailedError. */
  run(command: Command): Promise<Outcome> {
    if (this.begun && this.statements === 'one') throw new Error('there was to be one statement alone');
    return this.begin().add(command);
  }

  /** Runs the last statements, if any, and ends the transaction. Where one of them fails, everything is undone. */
  async commit(last: readonly Written[]): Promise<void> {
    if (this.statements === 'any' && (last.length > 0 || this.begun)) {
      const written = Promise.all(last.map((statement) => this.run(statement).catch(statement.explain)));
      const committed = this.run(COMMIT);
      // Where a writing fails, so does this, and the writing knows why.
      committed.catch(() => undefined);
      await written;
      const { tag } = await committed;
      this.begun = false;
      if (tag !== 'COMMIT') throw new Error('a statement had failed unnoticed: the transaction was undone');
    }
    await this.release();
  }

  /** Undoes everything. A connection on which not even that is possible goes out of use. */
  async rollBack(): Promise<void> {
    this.packet?.drop(new Error('the transaction was given up'));
    if (this.begun && this.statements === 'any') await this.client.query('ROLLBACK').catch(() => undefined);
    await this.release();
  }

  /** The packet of this moment, which begins the transaction where none has. */
  private begin(): Packet {
    if (this.packet) return this.packet;
    const packet = new Packet(this.client);
    this.packet = packet;
    if (!this.begun && this.statements === 'any') packet.add(BEGIN).catch(() => undefined);
    this.begun = true;
    process.nextTick(() => {
      this.packet = undefined;
      packet.send();
    });
    return packet;
  }

  private async release(): Promise<void> {
    Session.open.delete(this.tx);
    await this.runner.release();
  }
}
