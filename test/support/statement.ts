/** One SQL statement as the driver sent it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** What came back; empty for a statement that failed or returns nothing. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}
