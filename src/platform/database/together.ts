import { composed } from './composed-text.js';
import { runAfterWrites } from './later.js';
import { rowsToCamelCase } from './naming.js';
import type { Tx } from './tx.js';

/**
 * A question to the database that has not been asked yet. Its answer travels as JSON: numbers, texts, flags and JSON arrive
 * as they are, times have to be turned into one of them. `Row` is a promise of the author, as it is of `sql()`.
 */
export interface Question<Row extends object> {
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly row?: Row;
}

/** The rows that answer each of several questions. */
export type Answers<Asked> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Question<infer Row> ? Row[] : never;
};

/**
 * Asks several rooms' questions in one statement, in this order: row locks are taken one question after the other. None sees
 * what came to be while another one waited for a lock, so lock what guards them all before.
 */
export async function together<Asked extends { readonly [Name in keyof Asked]: Question<object> }>(
  tx: Tx,
  asked: Asked,
): Promise<Answers<Asked>> {
  const names = Object.keys(asked);
  const [row = {}] = await runAfterWrites(
    tx,
    composed(Object.values<Question<object>>(asked), (texts) => statement(names, texts)),
  );
  const answers: Answers<Asked> = Object.create(Object.prototype);
  return Object.assign(answers, Object.fromEntries(names.map((name) => [name, rowsOf(row, name)])));
}

function rowsOf(row: object, name: string): object[] {
  const rows: object[] = Reflect.get(row, name);
  return rowsToCamelCase(rows);
}

/** A list of columns is worked through from left to right, and a query that locks is not looked into before it is its turn. */
function statement(names: readonly string[], texts: readonly string[]): string {
  const ctes = texts.map((text, place) => `"${names[place]}" AS MATERIALIZED (${text})`);
  const columns = names.map((name) => `(SELECT coalesce(json_agg("${name}"), '[]') FROM "${name}") AS "${name}"`);
  return `WITH ${ctes.join(', ')} SELECT ${columns.join(', ')}`;
}
