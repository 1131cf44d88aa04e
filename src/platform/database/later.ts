import { composed, type Fragment } from './composed-text.js';
import { isDivisionByZero, StaleRead } from './pg-error.js';
import { run } from './run.js';
import type { Command } from './packet.js';
import type { Written } from './session.js';
import type { Tx } from './tx.js';

/** Something to write of which the transaction does not need to hear anything back. */
export interface Write {
  /** Tells it from others that are written with it: what has the same name is written one after the other. */
  readonly name: string;
  /**
   * Written after everything else, in a statement of its own: for a row that others wait for, so that they wait as short as can be.
   * PostgreSQL, which looks at a row once more that changed while a statement waited for it, prepares all of the statement for that.
   */
  readonly last?: true;
  /** One or more common table expressions that write: `audit_entry AS (INSERT …)`. Their names belong to `name`. */
  readonly ctes: string;
  readonly parameters: readonly unknown[];
  /**
   * The expression that has to write exactly this many rows; otherwise the transaction fails. With `orRerun` it does not where what
   * it goes by was seen without a lock: then it runs again.
   */
  readonly must?: { readonly cte: string; readonly rows: number; readonly orRerun?: true };
}

const pending = new WeakMap<Tx, Write[]>();

/**
 * Writes before the transaction asks its next question, or ends: everything that waits by then is one statement, but for what is
 * to be written last. A round trip costs more than most rows do. All of it sees the database as it was before; what one write
 * does to a row, another must not.
 */
export async function later(tx: Tx, write: Write): Promise<void> {
  const waiting = pending.get(tx) ?? [];
  if (waiting.some(({ name }) => name === write.name)) await flush(tx);
  pending.set(tx, [...(pending.get(tx) ?? []), write]);
}

/** Writes what waits. */
export async function flush(tx: Tx): Promise<void> {
  await inOnePacket(...takeWaiting(tx).map((statement) => run(tx, statement).catch(statement.explain)));
}

/**
 * Answers of statements that need not wait for each other: asked for at the same moment, they leave in one packet and run in this
 * order, each after the one before it. Where one fails, so does what follows: it is the first that knows why.
 */
export async function inOnePacket<Answered extends readonly unknown[]>(
  ...answers: { [Place in keyof Answered]: Promise<Answered[Place]> }
): Promise<Answered> {
  await Promise.allSettled(answers);
  return Promise.all(answers);
}

/**
 * What a transaction may return in place of the answer to its last statement, so that the statement leaves with the commit
 * and nobody waits in between. Only for an answer that decides about nothing in the transaction. Where the statement fails, so
 * does the commit, and tells why.
 */
export function answeredLater<Answer>(answer: Promise<Answer>): { readonly answer: Promise<Answer> } {
  answer.catch(() => undefined);
  return { answer };
}

/** Runs a statement after what waits, which leaves in the same packet. */
export async function runAfterWrites<Row extends object>(tx: Tx, command: Command): Promise<Row[]> {
  const written = flush(tx);
  const answered = run<Row>(tx, command);
  // Where the writing fails, so does this, and the writing knows why.
  answered.catch(() => undefined);
  await written;
  return answered;
}

/** What waits, as statements in their order. They have to be run by whoever takes them. */
export function takeWaiting(tx: Tx): Written[] {
  const writes = pending.get(tx);
  if (!writes) return [];
  pending.delete(tx);
  const parts = [writes.filter(({ last }) => !last), writes.filter(({ last }) => last)];
  return parts.filter((part) => part.length > 0).map(statementOf);
}

function statementOf(writes: readonly Write[]): Written {
  const checks = writes.flatMap(({ must }) => (must ? [checkOf(must)] : []));
  const command = composed(
    [...writes.map(({ ctes, ...rest }) => ({ text: ctes, parameters: rest.parameters })), ...checks],
    (texts) => `WITH ${texts.slice(0, writes.length).join(', ')} SELECT ${texts.slice(writes.length).join(', ')}`,
  );
  return { ...command, explain: (error) => explain(error, writes) };
}

/** Says in words that something was not written; any other error is what it is. */
function explain(error: unknown, writes: readonly Write[]): never {
  if (!isDivisionByZero(error)) throw error;
  const names = writes.map(({ name }) => name).join(', ');
  const Failure = writes.some(({ must }) => must?.orRerun) ? StaleRead : Error;
  throw new Failure(`of ${names} something was not written`, { cause: error });
}

/** PostgreSQL has no assertion, but it divides by nothing. */
function checkOf({ cte, rows }: NonNullable<Write['must']>): Fragment {
  return { text: `1 / (SELECT (count(*) = $1::bigint)::integer FROM ${cte})`, parameters: [rows] };
}
