import type pg from 'pg';
import { flush } from './later.js';
import { rowsToCamelCase } from './naming.js';
import { runPrepared } from './prepared.js';
import type { Tx } from './tx.js';

/**
 * Runs one prepared statement in the caller's transaction and answers its rows with camelCase names. `Row` is a promise of
 * the author about his own SQL: integration tests hold him to it.
 */
export async function sql<Row extends object>(tx: Tx, text: string, parameters: unknown[] = []): Promise<Row[]> {
  const { queryRunner } = tx;
  if (!queryRunner?.isTransactionActive)
    throw new Error('sql() needs a transaction: pass the tx of Database.transaction');
  await flush(tx);
  const client: pg.PoolClient = await queryRunner.connect();
  return rowsToCamelCase<Row>(await runPrepared(client, text, parameters));
}
