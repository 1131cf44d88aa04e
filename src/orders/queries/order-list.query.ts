import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import { matchSearch } from './order-search.js';
import { ORDER_VIEW_COLUMNS, type OrderView } from './order-view.js';

export const ORDER_SORTS = ['created_at', '-created_at', 'total_amount', '-total_amount'] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

export interface OrderFilter {
  readonly customerId?: string | undefined;
  readonly status?: string | undefined;
  readonly paymentStatus?: string | undefined;
  /** Order number, order id, email or sku, each in full. */
  readonly search?: string | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
}

interface Ordering {
  /** All that has to be known of an order to give it a place. Filters keep it beside them, so that no row is read for that. */
  readonly columns: string;
  readonly orderBy: string;
  /** The rows behind the one named by `starting_after`; none where there is no such order. */
  readonly behind: (place: string) => string;
}

/** Filters and times have indexes in common, `(status, created_at, id)` and such. Ids say which of a tie comes first. */
const ORDERINGS: Readonly<Record<OrderSort, Ordering>> = {
  '-created_at': ordering('created_at', 'DESC', '<'),
  created_at: ordering('created_at', 'ASC', '>'),
  '-total_amount': ordering('total_amount', 'DESC', '<'),
  total_amount: ordering('total_amount', 'ASC', '>'),
};

function ordering(column: string, direction: 'ASC' | 'DESC', behind: '<' | '>'): Ordering {
  return {
    columns: `o.id, o.${column}`,
    orderBy: `o.${column} ${direction}, o.id ${direction}`,
    // The place of the last row is found first, so that an index leads right behind it.
    behind: (place) => `(o.${column}, o.id) ${behind} ((SELECT ${column} FROM orders WHERE id = ${place}), ${place})`,
  };
}

/** Pages of orders, with a constant number of statements whatever the page's size. */
@Injectable()
export class OrderListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: OrderFilter, page: Page, sort: OrderSort = '-created_at'): Promise<Listing<OrderView>> {
    const conditions = new Conditions()
      .add((place) => `o.customer_id = ${place}`, filter.customerId)
      .add((place) => `o.status = ${place}`, filter.status)
      .add((place) => `o.payment_status = ${place}`, filter.paymentStatus)
      .add((place) => `o.created_at >= ${place}`, filter.createdFrom)
      .add((place) => `o.created_at < ${place}`, filter.createdTo);
    const isFiltered = conditions.parameters.length > 0;
    const found = filter.search === undefined ? undefined : await matchSearch(this.database, conditions, filter.search);
    const plan = { from: 'orders o', conditions, ...ORDERINGS[sort], total: isFiltered ? undefined : found };
    // Orders, lines and shipments are read for the page alone, not for what an offset passes over.
    const show = (rows: string) =>
      `SELECT ${ORDER_VIEW_COLUMNS} FROM (${rows}) page JOIN orders o ON o.id = page.id ORDER BY ${plan.orderBy}`;
    return readListing(this.database, { ...plan, show }, page);
  }
}
