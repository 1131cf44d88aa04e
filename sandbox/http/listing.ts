import { resourceMissing } from '../domain/stripe-error.js';

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
  readonly created?: CreatedRange | undefined;
}

/** Unix seconds. */
export interface CreatedRange {
  readonly gt?: number | undefined;
  readonly gte?: number | undefined;
  readonly lt?: number | undefined;
  readonly lte?: number | undefined;
}

interface Listed {
  readonly id: string;
  readonly object: string;
  readonly created: number;
}

const DEFAULT_LIMIT = 10;

/** One page of Stripe's list object. `oldestFirst` holds what fits the other filters; the answer is newest first. */
export function listPage<T extends Listed>(oldestFirst: readonly T[], asked: PageRequest, url: string): object {
  const all = oldestFirst.filter((item) => isWithin(item.created, asked.created)).reverse();
  const limit = asked.limit ?? DEFAULT_LIMIT;
  if (asked.ending_before !== undefined) {
    const end = positionOf(all, asked.ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', url, has_more: start > 0, data: all.slice(start, end) };
  }
  const start = asked.starting_after === undefined ? 0 : positionOf(all, asked.starting_after, 'starting_after') + 1;
  return { object: 'list', url, has_more: start + limit < all.length, data: all.slice(start, start + limit) };
}

function positionOf(items: readonly Listed[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position < 0) throw resourceMissing('object', id, param);
  return position;
}

function isWithin(created: number, range: CreatedRange | undefined): boolean {
  if (range === undefined) return true;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}
