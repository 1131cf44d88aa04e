import { type Listing, MOST_COUNTED, type Page } from '../../kernel/page.js';
import type { Conditions } from './conditions.js';
import type { Database } from './database.js';

/** A list in SQL. Its tables have the same names in every member. */
export interface ListPlan {
  readonly columns: string;
  /** What is counted, such as `orders o`. */
  readonly from: string;
  readonly conditions: Conditions;
  readonly orderBy: string;
  /** Which rows lie behind the one whose id stands at this place. */
  readonly behind: (place: string) => string;
  /** How many rows there are, as far as they are counted, where that is known. */
  readonly total?: number | undefined;
  /** Puts the statement that picks the rows of the page into one that shows them. */
  readonly show?: (page: string) => string;
}

/** A page of a list and how many rows it has in all, in two statements at the most, whatever the size of the page. */
export async function readListing<Row extends object>(
  database: Database,
  { columns, from, conditions, orderBy, behind, total, show = (page) => page }: ListPlan,
  page: Page,
): Promise<Listing<Row>> {
  const totalCount = total ?? (await countRows(database, from, conditions));
  if (page.startingAfter !== null) conditions.add(behind, page.startingAfter);
  const next = conditions.parameters.length;
  const rows = await database.read<Row>(
    show(
      `SELECT ${columns} FROM ${from} WHERE ${conditions.text} ORDER BY ${orderBy} LIMIT $${next + 1} OFFSET $${next + 2}`,
    ),
    [...conditions.parameters, page.limit + 1, page.offset],
  );
  return { rows: rows.slice(0, page.limit), totalCount, hasMore: rows.length > page.limit };
}

async function countRows(database: Database, from: string, { text, parameters }: Conditions): Promise<number> {
  const [counted] = await database.read<{ count: number }>(countUpTo(from, text), [...parameters]);
  return counted?.count ?? 0;
}

/** Counts rows, and stops as soon as there are more than anybody is told of. */
export function countUpTo(from: string, where: string): string {
  return `SELECT count(*) AS count FROM (SELECT FROM ${from} WHERE ${where} LIMIT ${MOST_COUNTED + 1}) counted`;
}
