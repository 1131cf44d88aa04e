import { Injectable } from '@nestjs/common';
import type { RefundId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing, sql, type Tx } from '../../platform/database/index.js';
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

/** Refunds for the admin, newest first. */
@Injectable()
export class RefundQuery {
  constructor(private readonly database: Database) {}

  find({ status, orderId }: RefundFilter, page: Page): Promise<Listing<RefundView>> {
    const conditions = new Conditions()
      .add((place) => `r.status = ${place}`, status)
      .add((place) => `r.order_id = ${place}`, orderId);
    const plan = { columns: COLUMNS, from: 'refunds r', conditions, orderBy: 'r.id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `r.id < ${place}` }, page);
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
