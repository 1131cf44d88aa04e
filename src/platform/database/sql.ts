import { flush } from './later.js';
import { rowsToCamelCase } from './naming.js';
import { run } from './run.js';
import type { Tx } from './tx.js';

/**
 * Runs one prepared statement in the caller's transaction and answers its rows with camelCase names. `Row` is a promise of
 * the author about his own SQL: integration tests hold him to it.
 */
export async function sql<Row extends object>(tx: Tx, text: string, parameters: unknown[] = []): Promise<Row[]> {
  await flush(tx);
  return rowsToCamelCase<Row>(await run(tx, { text, parameters }));
}
