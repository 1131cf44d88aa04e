import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import { archiveOrder } from '../domain/order-change.js';
import { OrdersFacade } from '../orders.facade.js';
import { OrderQuery } from '../queries/order.query.js';
import type { OrderView } from '../queries/order-view.js';
import { RefusedMoves } from './refused-moves.js';

/** A fulfilled order is put away for good. */
@Injectable()
export class ArchiveOrder {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersFacade,
    private readonly query: OrderQuery,
    private readonly refusedMoves: RefusedMoves,
  ) {}

  execute(actor: Actor, orderId: OrderId): Promise<OrderView> {
    return this.refusedMoves.audited(actor, orderId, 'archived', () =>
      this.database.transaction(async (tx) => {
        const order = await this.orders.lock(tx, orderId, null);
        await this.orders.apply(tx, actor, order, archiveOrder(order));
        return this.query.getWithin(tx, orderId);
      }),
    );
  }
}
