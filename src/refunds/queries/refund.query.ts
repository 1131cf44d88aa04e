import { Injectable } from '@nestjs/common';
import type { RefundId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database, sql, type Tx } from '../../platform/database/index.js';
import { RefundNotFound } from '../domain/refund.errors.js';
import type { Refund } from '../domain/refund.js';

export interface RefundView extends Refund {
  readonly items: readonly { readonly itemId: string; readonly productId: string | null; readonly quantity: number }[];
}

const COLUMNS = `r.*,
  coalesce((SELECT jsonb_agg(jsonb_build_object('itemId', i.id, 'productId', i.product_id, 'quantity', u.quantity)
                             ORDER BY i.id)
     FROM refund_items u JOIN order_items i ON i.id = u.order_item_id WHERE u.refund_id = r.id), '[]') AS items`;

/** Refunds for the admin, newest first. */
@Injectable()
export class RefundQuery {
  constructor(private readonly database: Database) {}

  async find(page: Page): Promise<Listing<RefundView>> {
    const [counted] = await this.database.read<{ count: number }>('SELECT count(*) AS count FROM refunds');
    const rows = await this.database.read<RefundView>(
      `SELECT ${COLUMNS} FROM refunds r WHERE $1::text IS NULL OR r.id < $1 ORDER BY r.id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }

  async get(id: RefundId): Promise<RefundView> {
    const [view] = await this.database.read<RefundView>(`SELECT ${COLUMNS} FROM refunds r WHERE r.id = $1`, [id]);
    if (!view) throw new RefundNotFound(id);
    return view;
  }

  /** The refund as the running transaction leaves it. */
  async getWithin(tx: Tx, id: RefundId): Promise<RefundView> {
    const [view] = await sql<RefundView>(tx, `SELECT ${COLUMNS} FROM refunds r WHERE r.id = $1`, [id]);
    if (!view) throw new RefundNotFound(id);
    return view;
  }
}
