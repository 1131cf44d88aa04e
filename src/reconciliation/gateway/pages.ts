import type { Period } from '../domain/days.js';

const PAGE_SIZE = 100;
/** A hundred thousand objects in one stretch of time. */
const MOST_PAGES = 1_000;

export interface PageParams {
  readonly limit: number;
  readonly created: { readonly gte: number; readonly lt: number };
  readonly starting_after?: string;
}

interface StripePage<Item> {
  readonly data: readonly Item[];
  readonly has_more: boolean;
}

/** Reads a list of Stripe's to its end, newest first. Throws where it has more than a thousand pages. */
export async function* pagesOf<Item extends { readonly id: string }>(
  period: Period,
  list: (params: PageParams) => Promise<StripePage<Item>>,
): AsyncGenerator<readonly Item[]> {
  const created = { gte: unixSeconds(period.from, Math.floor), lt: unixSeconds(period.to, Math.ceil) };
  let last: Item | undefined;
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const page = await list({ limit: PAGE_SIZE, created, ...(last && { starting_after: last.id }) });
    yield page.data;
    last = page.data.at(-1);
    if (!page.has_more || last === undefined) return;
  }
  throw new Error(`more than ${MOST_PAGES * PAGE_SIZE} objects between ${created.gte} and ${created.lt}`);
}

/** Stripe's times have whole seconds: of a second that is cut, all is read. */
function unixSeconds(moment: Date, round: (seconds: number) => number): number {
  return round(moment.getTime() / 1_000);
}
