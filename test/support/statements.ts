import pg from 'pg';
import { Packet } from '../../src/platform/database/packet.js';
import { type Lock, locksOf } from './locks.js';
import type { Statement } from './statement.js';

const TRANSACTION_CONTROL = /^\s*(?:begin|start transaction|commit|rollback|savepoint|release|set|notify)\b/i;

/**
 * Records every statement that any PostgreSQL client of this process sends while `work` runs, in the order of sending.
 * Other test files do not interfere: each Jest worker runs one file at a time.
 */
export async function recordStatements(work: () => Promise<unknown>): Promise<StatementLog> {
  const recorded: Statement[] = [];
  const original = pg.Client.prototype.query;
  const spy = jest.spyOn(pg.Client.prototype, 'query');
  spy.mockImplementation(function record(this: pg.Client, ...call: unknown[]) {
    const [first] = call;
    if (first instanceof Packet) {
      recorded.push(...recordingsOf(first));
      return Reflect.apply(original, this, call);
    }
    const recording = begin(call);
    recorded.push(recording);
    const answer: unknown = Reflect.apply(original, this, watchCallback(call, recording));
    if (answer instanceof Promise) {
      void answer.then(
        (result) => finish(recording, result),
        () => undefined,
      );
    }
    return answer;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return new StatementLog(recorded);
}

/** What was recorded. */
export class StatementLog {
  /** Without BEGIN, COMMIT, ROLLBACK, SAVEPOINT and SET, which no N+1 test wants to count, and NOTIFY, which has its own time. */
  readonly statements: readonly Statement[];

  constructor(
    /** Every statement, transaction control included. */
    readonly all: readonly Statement[],
  ) {
    this.statements = all.filter(({ text }) => !TRANSACTION_CONTROL.test(text));
  }

  get count(): number {
    return this.statements.length;
  }

  /** Row locks in the order in which they were asked for. */
  get locks(): readonly Lock[] {
    return this.statements.flatMap(locksOf);
  }

  /** The tables in the order of their first lock: compare it with the one lock order of the house. */
  get lockedTables(): readonly string[] {
    return [...new Set(this.locks.map(({ table }) => table))];
  }

  /** The values of `column` in the rows of `table`, in the order in which SELECT … FOR … locked them. */
  lockedValues(table: string, column: string): readonly unknown[] {
    return this.locks
      .filter((lock) => lock.table === table && lock.mode !== 'update')
      .flatMap(({ rows }) => rows.map((row) => row[column]));
  }
}

interface Recording extends Statement {
  rows: readonly Readonly<Record<string, unknown>>[];
}

/** pg takes `(text, values)`, `({ text, values })` and query objects. */
function begin([first, second]: readonly unknown[]): Recording {
  const { text, values = second } = isRecord(first) ? first : { text: first };
  return { text: typeof text === 'string' ? text : '', values: Array.isArray(values) ? values : [], rows: [] };
}

/** The rows are filled in as they arrive. */
function recordingsOf(packet: Packet): Statement[] {
  return packet.contents.map(({ command, rows }) => ({
    text: command.text,
    values: command.parameters,
    get rows() {
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value])),
      );
    },
  }));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function watchCallback(call: readonly unknown[], recording: Recording): unknown[] {
  const last = call.at(-1);
  if (typeof last !== 'function') return [...call];
  const watched = (error: unknown, result: unknown): unknown => {
    finish(recording, result);
    return Reflect.apply(last, undefined, [error, result]);
  };
  return [...call.slice(0, -1), watched];
}

function finish(recording: Recording, result: unknown): void {
  if (isRecord(result) && Array.isArray(result['rows'])) recording.rows = result['rows'];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
