import type pg from 'pg';
import { composed, type Fragment } from './composed-text.js';
import { isDivisionByZero } from './pg-error.js';
import { runPrepared } from './prepared.js';
import type { Tx } from './tx.js';

/** Something to write of which the transaction does not need to hear anything back. */
export interface Write {
  /** Tells it from others that are written with it: what has the same name is written one after the other. */
  readonly name: string;
  /** One or more common table expressions that write: `audit_entry AS (INSERT …)`. Their names belong to `name`. */
  readonly ctes: string;
  readonly parameters: readonly unknown[];
  /** The expression that has to write exactly this many rows; otherwise the transaction fails. */
  readonly must?: { readonly cte: string; readonly rows: number };
}

const pending = new WeakMap<Tx, Write[]>();

/**
 * Writes before the transaction asks its next question, or ends: everything that waits by then is one statement. A round trip
 * costs more than most rows do. All of it sees the database as it was before; what one write does to a row, another must not.
 */
export async function later(tx: Tx, write: Write): Promise<void> {
  const waiting = pending.get(tx) ?? [];
  if (waiting.some(({ name }) => name === write.name)) await flush(tx);
  pending.set(tx, [...(pending.get(tx) ?? []), write]);
}

/** Writes what waits. */
export async function flush(tx: Tx): Promise<void> {
  const writes = pending.get(tx);
  if (!writes) return;
  pending.delete(tx);
  const client: pg.PoolClient | undefined = await tx.queryRunner?.connect();
  if (!client) throw new Error('later() needs a transaction: pass the tx of Database.transaction');
  await run(client, writes);
}

async function run(client: pg.PoolClient, writes: readonly Write[]): Promise<void> {
  const checks = writes.flatMap(({ must }) => (must ? [checkOf(must)] : []));
  const { text, parameters } = composed(
    [...writes.map(({ ctes, ...rest }) => ({ text: ctes, parameters: rest.parameters })), ...checks],
    (texts) => `WITH ${texts.slice(0, writes.length).join(', ')} SELECT ${texts.slice(writes.length).join(', ')}`,
  );
  try {
    await runPrepared(client, text, parameters);
  } catch (error) {
    throw isDivisionByZero(error)
      ? new Error(`of ${namesOf(writes)} something was not written`, { cause: error })
      : error;
  }
}

/** PostgreSQL has no assertion, but it divides by nothing. */
function checkOf({ cte, rows }: NonNullable<Write['must']>): Fragment {
  return { text: `1 / (SELECT (count(*) = $1::bigint)::integer FROM ${cte})`, parameters: [rows] };
}

function namesOf(writes: readonly Write[]): string {
  return writes.map(({ name }) => name).join(', ');
}
