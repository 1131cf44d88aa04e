import { rowsToCamelCase } from './naming.js';
import type { Tx } from './tx.js';

/**
 * Runs one statement in the caller's transaction and answers its rows with camelCase names, also for UPDATE … RETURNING,
 * where TypeORM's `query` would wrap them. `Row` is a promise of the author about his own SQL: integration tests hold him
 * to it.
 */
export async function sql<Row extends object>(tx: Tx, text: string, parameters: unknown[] = []): Promise<Row[]> {
  const { queryRunner } = tx;
  if (!queryRunner?.isTransactionActive)
    throw new Error('sql() needs a transaction: pass the tx of Database.transaction');
  const result = await queryRunner.query(text, parameters, true);
  return rowsToCamelCase<Row>(result.records ?? []);
}
