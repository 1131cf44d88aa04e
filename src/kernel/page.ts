/** A page of a list: either `offset` rows in, or behind the row named by `startingAfter`. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
  readonly startingAfter: string | null;
}

/** Rows of a list are counted so far. Counting a million costs more than anybody who looks at twenty of them would pay. */
export const MOST_COUNTED = 10_000;

export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** How many rows there are; {@link MOST_COUNTED} + 1 says that they are more than that. */
  readonly totalCount: number;
  /** Whether rows follow after this page. */
  readonly hasMore: boolean;
}
