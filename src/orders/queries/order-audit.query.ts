import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../../platform/database/index.js';
import { OrderNotFound } from '../domain/order.errors.js';

export interface AuditEntryView {
  readonly id: string;
  readonly orderId: string;
  readonly actorId: string;
  readonly eventType: string;
  readonly previousState: Readonly<Record<string, unknown>> | null;
  readonly newState: Readonly<Record<string, unknown>>;
  readonly traceId: string;
  readonly timestamp: Date;
}

/** What happened to an order, oldest first. */
@Injectable()
export class OrderAuditQuery {
  constructor(private readonly database: Database) {}

  async find(orderId: OrderId, page: Page): Promise<Listing<AuditEntryView>> {
    const [counted] = await this.database.read<{ known: boolean; count: number }>(
      `SELECT EXISTS (SELECT FROM orders WHERE id = $1) AS known,
              (SELECT count(*) FROM audit_entries WHERE order_id = $1) AS count`,
      [orderId],
    );
    if (!counted?.known) throw new OrderNotFound(orderId);
    const rows = await this.database.read<AuditEntryView>(
      `SELECT id, order_id, actor_id, event_type, previous_state, new_state, trace_id, "timestamp" FROM audit_entries
       WHERE order_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3 OFFSET $4`,
      [orderId, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted.count, hasMore: rows.length > page.limit };
  }
}
