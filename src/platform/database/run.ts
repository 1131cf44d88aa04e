import type pg from 'pg';
import { type Command, type Outcome, Packet } from './packet.js';
import { Session } from './session.js';
import type { Tx } from './tx.js';

/** Runs one prepared statement in the caller's transaction. `Row` is a promise of the author about his own SQL. */
export async function run<Row extends object>(tx: Tx, command: Command): Promise<Row[]> {
  const outcome = await (Session.of(tx)?.run(command) ?? runInside(tx, command));
  // The compiler cannot know what SQL answers: here the author's promise is taken for it.
  const { rows }: { readonly rows: Row[] } = Object.create(outcome);
  return rows;
}

/** In a transaction that somebody else began: to PostgreSQL, ours is a savepoint of it. */
async function runInside({ queryRunner }: Tx, command: Command): Promise<Outcome> {
  if (!queryRunner?.isTransactionActive)
    throw new Error('SQL needs a transaction: pass the tx of Database.transaction');
  const client: pg.PoolClient = await queryRunner.connect();
  const packet = new Packet(client);
  const outcome = packet.add(command);
  packet.send();
  return outcome;
}
