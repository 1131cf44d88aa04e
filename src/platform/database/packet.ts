import { QueryFailedError } from 'typeorm';
import pg from 'pg';
import { camelCase } from './naming.js';
import { forgetPlans, isOutdatedPlan, nameOf } from './prepared.js';

/** A statement with its values. */
export interface Command {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** Is not prepared: of statements without a plan pg_stat_statements would count the first run alone. */
  readonly unnamed?: boolean;
}

/** What a statement brought. */
export interface Outcome {
  /** With the property names of the code. */
  readonly rows: object[];
  /** What PostgreSQL says that it did: `COMMIT`, `UPDATE 1`. */
  readonly tag: string;
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** How to read a row of an answer. */
type Shape = readonly { readonly property: string; readonly parse: (text: string) => unknown }[];

/** What a connection has prepared, by name: how it answers, or `unsure` where it failed and may not have been parsed. */
type Prepared = Map<string, Shape | 'unsure'>;

const preparedOn = new WeakMap<pg.Connection, Prepared>();
const NO_ROWS: Shape = [];

/** The driver's way to write a value. */
const { prepareValue }: { readonly prepareValue: (value: unknown) => string | Buffer | null } = Reflect.get(
  pg,
  'utils',
);

/** A statement on its way. */
class Errand {
  readonly name: string;
  readonly rows: object[] = [];
  shape: Shape = NO_ROWS;
  tag = '';
  /** Why a value of the answer could not be read. */
  unreadable: unknown;
  private readonly values: (string | Buffer | null)[];

  constructor(
    readonly command: Command,
    private readonly resolve: (outcome: Outcome) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.name = command.unnamed === true ? '' : (nameOf(command.text) ?? '');
    this.values = command.parameters.map(prepareValue);
  }

  /** `parsed` are the names that the packet has prepared on its way here. */
  write(connection: pg.Connection, prepared: Prepared, parsed: Set<string>): void {
    const { name, values } = this;
    const known = prepared.get(name);
    const shape = known === 'unsure' ? undefined : known;
    if (shape === undefined && !parsed.has(name)) {
      if (known === 'unsure') connection.close({ type: 'S', name }, true);
      connection.parse({ name, text: this.command.text, types: [] }, true);
      if (name !== '') parsed.add(name);
    }
    connection.bind({ statement: name, values }, true);
    if (shape) this.shape = shape;
    else connection.describe({ type: 'P' }, true);
    connection.execute(null, true);
  }

  read(fields: readonly (string | null)[]): void {
    const row: Record<string, unknown> = {};
    try {
      this.shape.forEach(({ property, parse }, place) => {
        const text = fields[place] ?? null;
        row[property] = text === null ? null : parse(text);
      });
      this.rows.push(row);
    } catch (error) {
      this.unreadable ??= error;
    }
  }

  succeed(): void {
    if (this.unreadable === undefined) this.resolve({ rows: this.rows, tag: this.tag });
    else this.fail(this.unreadable);
  }

  fail(cause: unknown): void {
    if (isOutdatedPlan(cause)) forgetPlans();
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.reject(new QueryFailedError(this.command.text, [...this.command.parameters], error));
  }
}

/**
 * Statements that leave together and are answered together, since each round trip wakes two processes. Each runs when the one
 * before it is through; what follows one that fails does not run. Each is parsed and planned under a name of its own, so that a
 * connection does so once and not every time: of the short statements of a purchase that was more than half of the work.
 *
 * Of the protocol: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Packet implements pg.Submittable {
  private readonly errands: Errand[] = [];
  /** How many are through. */
  private place = 0;
  private prepared: Prepared = new Map();

  constructor(private readonly client: pg.ClientBase) {}

  /** The statements, with the rows that have come so far. */
  get contents(): readonly { readonly command: Command; readonly rows: readonly object[] }[] {
    return [...this.errands];
  }

  /** Takes a statement along. Rejects with QueryFailedError. */
  add(command: Command): Promise<Outcome> {
    return new Promise((resolve, reject) => this.errands.push(new Errand(command, resolve, reject)));
  }

  send(): void {
    if (this.errands.length > 0) this.client.query(this);
  }

  /** Breaks the promises of what was added and not sent. */
  drop(reason: Error): void {
    for (const errand of this.errands.splice(0)) errand.fail(reason);
  }

  /** @internal The driver calls this and what follows. */
  submit(connection: pg.Connection): void {
    this.prepared = preparedOn.get(connection) ?? new Map<string, Shape>();
    preparedOn.set(connection, this.prepared);
    const parsed = new Set<string>();
    connection.stream.cork();
    for (const errand of this.errands) errand.write(connection, this.prepared, parsed);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    const shape = fields.map(({ name, dataTypeID }) => {
      const parse: (text: string) => unknown = this.client.getTypeParser(dataTypeID, 'text');
      return { property: camelCase(name), parse };
    });
    const errand = this.errands[this.place];
    if (errand) errand.shape = shape;
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.errands[this.place]?.read(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const errand = this.errands[this.place];
    this.place += 1;
    if (!errand) return;
    errand.tag = text;
    if (errand.name !== '') this.prepared.set(errand.name, errand.shape);
  }

  /** Of PostgreSQL, in place of the answer to one of the statements, or of the connection. */
  handleError(error: Error): void {
    const errands = this.errands.splice(0);
    for (const errand of errands.slice(0, this.place)) errand.succeed();
    const [failed, ...rest] = errands.slice(this.place);
    if (failed && failed.name !== '') this.prepared.set(failed.name, 'unsure');
    // What follows was not run, for the same reason.
    failed?.fail(error);
    for (const errand of rest) errand.fail(error);
  }

  handleReadyForQuery(): void {
    for (const errand of this.errands.splice(0)) errand.succeed();
  }
}
