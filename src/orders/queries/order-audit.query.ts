import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
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

  /** Throws OrderNotFound. */
  async find(orderId: OrderId, page: Page): Promise<Listing<AuditEntryView>> {
    const plan = {
      columns: 'id, order_id, actor_id, event_type, previous_state, new_state, trace_id, "timestamp"',
      from: 'audit_entries',
      conditions: new Conditions().add((place) => `order_id = ${place}`, orderId),
      orderBy: 'id',
      behind: (place: string) => `id > ${place}`,
    };
    const listing = await readListing<AuditEntryView>(this.database, plan, page);
    if (listing.totalCount === 0 && !(await this.isKnown(orderId))) throw new OrderNotFound(orderId);
    return listing;
  }

  private async isKnown(id: OrderId): Promise<boolean> {
    return (await this.database.read('SELECT 1 AS one FROM orders WHERE id = $1', [id])).length > 0;
  }
}
