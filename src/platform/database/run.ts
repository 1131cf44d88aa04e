import type pg from 'pg';
import { runPrepared } from './prepared.js';
import { type Command, Session } from './session.js';
import type { Tx } from './tx.js';

/** Runs one prepared statement in the caller's transaction. */
export async function run(tx: Tx, command: Command): Promise<object[]> {
  const session = Session.of(tx);
  if (session) return session.run(command);
  // A transaction inside of one that somebody else began: a savepoint, to PostgreSQL.
  const { queryRunner } = tx;
  if (!queryRunner?.isTransactionActive)
    throw new Error('SQL needs a transaction: pass the tx of Database.transaction');
  const client: pg.PoolClient = await queryRunner.connect();
  return runPrepared(client, command.text, command.parameters);
}
