/**
 * What the rows of a list have to fulfil. A filter that nobody asked for is not in the text at all: `$1 IS NULL OR …` would
 * keep PostgreSQL from the index of the filter wherever it plans a statement once for all values.
 */
export class Conditions {
  private readonly clauses: string[] = [];
  private readonly values: unknown[] = [];

  always(clause: string): this {
    this.clauses.push(clause);
    return this;
  }

  /** A condition on a value, by the place where that stands; none where there is no value. */
  add(clause: (place: string) => string, value: unknown): this {
    return value === undefined || value === null ? this : this.always(clause(this.place(value)));
  }

  /** Takes a value along and answers its place, such as `$1`. */
  place(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  get text(): string {
    return this.clauses.length === 0 ? 'true' : this.clauses.join(' AND ');
  }

  get parameters(): readonly unknown[] {
    return this.values;
  }
}
