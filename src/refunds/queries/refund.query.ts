import { Injectable } from '@nestjs/common';
import type { RefundId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database, sql, type Tx } from '../../platform/database/index.js';
import { RefundNotFound } from '../domain/refund.errors.js';
import type { Refund } from '../domain/refund.js';
import type { RefundStatus } from '../domain/refund-state.js';

export interface RefundFilter {
  readonly status?: RefundStatus | undefined;
  readonly orderId?: string | undefined;
}

export interface RefundView extends Refund {
  readonly items: readonly { readonly itemId: string; readonly productId: string | null; readonly quantity: number }[];
}

const COLUMNS = `r.*,
  coalesce((SELECT jsonb_agg(jsonb_build_object('itemId', i.id, 'productId', i.product_id, 'quantity', u.quantity)
                             ORDER BY i.id)
     FROM refund_items u JOIN order_items i ON i.id = u.order_item_id WHERE u.refund_id = r.id), '[]') AS items`;

const MATCHES = '($1::text IS NULL OR r.status = $1) AND ($2::text IS NULL OR r.order_id = $2)';

/** Refunds for the admin, newest first. */
@Injectable()
export class RefundQuery {
  constructor(private readonly database: Database) {}

  async find(filter: RefundFilter, page: Page): Promise<Listing<RefundView>> {
    const matching = [filter.status ?? null, filter.orderId ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM refunds r WHERE ${MATCHES}`,
      matching,
    );
    const rows = await this.database.read<RefundView>(
      `SELECT ${COLUMNS} FROM refunds r WHERE ${MATCHES} AND ($3::text IS NULL OR r.id < $3)
       ORDER BY r.id DESC LIMIT $4 OFFSET $5`,
      [...matching, page.startingAfter, page.limit + 1, page.offset],
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
