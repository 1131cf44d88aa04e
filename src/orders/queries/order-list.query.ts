import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../../platform/database/index.js';
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
  readonly orderBy: string;
  /** The rows behind the one named by `starting_after`. */
  readonly behind: string;
}

/** Ids rise with time, so that "newest first" is the primary key backwards. */
const ORDERINGS: Readonly<Record<OrderSort, Ordering>> = {
  '-created_at': { orderBy: 'o.id DESC', behind: 'o.id < last.id' },
  created_at: { orderBy: 'o.id ASC', behind: 'o.id > last.id' },
  '-total_amount': {
    orderBy: 'o.total_amount DESC, o.id DESC',
    behind: '(o.total_amount, o.id) < (last.total_amount, last.id)',
  },
  total_amount: {
    orderBy: 'o.total_amount ASC, o.id ASC',
    behind: '(o.total_amount, o.id) > (last.total_amount, last.id)',
  },
};

/** Pages of orders, with a constant number of statements whatever the page's size. */
@Injectable()
export class OrderListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: OrderFilter, page: Page, sort: OrderSort = '-created_at'): Promise<Listing<OrderView>> {
    const { clauses, parameters } = conditions(filter);
    const where = clauses.length === 0 ? 'true' : clauses.join(' AND ');
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM orders o WHERE ${where}`,
      parameters,
    );
    const { orderBy, behind } = ORDERINGS[sort];
    const next = parameters.length;
    const rows = await this.database.read<OrderView>(
      `SELECT ${ORDER_VIEW_COLUMNS} FROM orders o WHERE ${where}
         AND ($${next + 1}::text IS NULL OR EXISTS (SELECT FROM orders last WHERE last.id = $${next + 1} AND ${behind}))
       ORDER BY ${orderBy} LIMIT $${next + 2} OFFSET $${next + 3}`,
      [...parameters, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}

function conditions(filter: OrderFilter): { clauses: string[]; parameters: unknown[] } {
  const clauses: string[] = [];
  const parameters: unknown[] = [];
  const add = (value: unknown, clause: (place: string) => string): void => {
    if (value === undefined) return;
    parameters.push(value);
    clauses.push(clause(`$${parameters.length}`));
  };
  add(filter.customerId, (place) => `o.customer_id = ${place}`);
  add(filter.status, (place) => `o.status = ${place}`);
  add(filter.paymentStatus, (place) => `o.payment_status = ${place}`);
  add(filter.createdFrom, (place) => `o.created_at >= ${place}`);
  add(filter.createdTo, (place) => `o.created_at < ${place}`);
  add(
    filter.search,
    (place) => `(o.id = ${place} OR o.number::text = ${place} OR o.email = lower(${place})
      OR EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id AND i.sku = ${place}))`,
  );
  return { clauses, parameters };
}
