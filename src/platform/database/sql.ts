import { runAfterWrites } from './later.js';
import type { Tx } from './tx.js';

/**
 * Runs one prepared statement in the caller's transaction and answers its rows with camelCase names. `Row` is a promise of
 * the author about his own SQL: integration tests hold him to it.
 */
export function sql<Row extends object>(tx: Tx, text: string, parameters: unknown[] = []): Promise<Row[]> {
  return runAfterWrites<Row>(tx, { text, parameters });
}
