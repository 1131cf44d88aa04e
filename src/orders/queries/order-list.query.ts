import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import { lookUp } from './order-search.js';
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

/** Where the rows of a page come from, and what is known of an order there. */
interface Source {
  readonly from: string;
  readonly id: string;
  readonly created_at: string;
  readonly total_amount: string;
}

const ORDERS: Source = {
  from: 'orders o',
  ...{ id: 'o.id', created_at: 'o.created_at', total_amount: 'o.total_amount' },
};
/** PostgreSQL leaves the orders out where nothing else is asked of them: a line knows enough to give its order a place. */
const LINES: Source = {
  from: 'order_items i LEFT JOIN orders o ON o.id = i.order_id',
  ...{ id: 'i.order_id', created_at: 'i.order_created_at', total_amount: 'i.order_total_amount' },
};

interface Ordering {
  readonly column: 'created_at' | 'total_amount';
  readonly direction: 'ASC' | 'DESC';
}

const ORDERINGS: Readonly<Record<OrderSort, Ordering>> = {
  '-created_at': { column: 'created_at', direction: 'DESC' },
  created_at: { column: 'created_at', direction: 'ASC' },
  '-total_amount': { column: 'total_amount', direction: 'DESC' },
  total_amount: { column: 'total_amount', direction: 'ASC' },
};

/**
 * Filters and times have indexes in common, `(status, created_at, id)` and such. Ids say which of a tie comes first. Of a row
 * the page asks for its place alone, so that indexes answer without it.
 */
function ordered(source: Source, { column, direction }: Ordering) {
  const orderBy = ({ [column]: value, id }: Source): string => `${value} ${direction}, ${id} ${direction}`;
  return {
    columns: `${source.id} AS id`,
    orderBy: orderBy(source),
    // The place of the last row is found first, so that an index leads right behind it.
    behind: (place: string) =>
      `(${source[column]}, ${source.id}) ${direction === 'ASC' ? '>' : '<'} ` +
      `((SELECT ${column} FROM orders WHERE id = ${place}), ${place})`,
    // Orders, lines and shipments are read for the page alone, not for what an offset passes over.
    show: (rows: string) =>
      `SELECT ${ORDER_VIEW_COLUMNS} FROM (${rows}) page JOIN orders o ON o.id = page.id ORDER BY ${orderBy(ORDERS)}`,
  };
}

/** Pages of orders, with a constant number of statements whatever the page's size. */
@Injectable()
export class OrderListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: OrderFilter, page: Page, sort: OrderSort = '-created_at'): Promise<Listing<OrderView>> {
    const found = filter.search === undefined ? undefined : await lookUp(this.database, filter.search);
    const source = found?.isArticle === true ? LINES : ORDERS;
    const conditions = new Conditions()
      .add((place) => `o.customer_id = ${place}`, filter.customerId)
      .add((place) => `o.status = ${place}`, filter.status)
      .add((place) => `o.payment_status = ${place}`, filter.paymentStatus)
      .add((place) => `${source.created_at} >= ${place}`, filter.createdFrom)
      .add((place) => `${source.created_at} < ${place}`, filter.createdTo);
    const total = conditions.parameters.length > 0 ? undefined : found?.total;
    found?.addTo(conditions);
    return readListing(
      this.database,
      { from: source.from, conditions, total, ...ordered(source, ORDERINGS[sort]) },
      page,
    );
  }
}
