/** A page of a list: either `offset` rows in, or behind the row named by `startingAfter`. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
  readonly startingAfter: string | null;
}

export interface Listing<Row> {
  readonly rows: readonly Row[];
  readonly totalCount: number;
  /** Whether rows follow after this page. */
  readonly hasMore: boolean;
}
