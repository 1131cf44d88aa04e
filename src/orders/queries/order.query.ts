import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import { Database, sql, type Tx } from '../../platform/database/index.js';
import { OrderNotFound } from '../domain/order.errors.js';
import { ORDER_VIEW_COLUMNS, type OrderView } from './order-view.js';

const BY_ID = `SELECT ${ORDER_VIEW_COLUMNS} FROM orders o WHERE o.id = $1`;

/** One order as its answer shows it. */
@Injectable()
export class OrderQuery {
  constructor(private readonly database: Database) {}

  /** Throws OrderNotFound where there is none, or where it is not the owner's (null: anybody's). */
  async get(id: OrderId, ownerId: string | null): Promise<OrderView> {
    const [view] = await this.database.read<OrderView>(BY_ID, [id]);
    if (!view || (ownerId !== null && view.customerId !== ownerId)) throw new OrderNotFound(id);
    return view;
  }

  /** The order as the running transaction leaves it. */
  async getWithin(tx: Tx, id: OrderId): Promise<OrderView> {
    const [view] = await sql<OrderView>(tx, BY_ID, [id]);
    if (!view) throw new OrderNotFound(id);
    return view;
  }
}
