import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import { ShippingFacade, type Tracking } from '../../shipping/index.js';
import { fulfilOrder } from '../domain/order-change.js';
import { OrdersFacade } from '../orders.facade.js';
import { OrderQuery } from '../queries/order.query.js';
import type { OrderView } from '../queries/order-view.js';
import { RefusedMoves } from './refused-moves.js';

/** The parcel has left: the order is fulfilled and its shipment shipped. */
@Injectable()
export class FulfilOrder {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersFacade,
    private readonly shipping: ShippingFacade,
    private readonly query: OrderQuery,
    private readonly refusedMoves: RefusedMoves,
  ) {}

  execute(actor: Actor, orderId: OrderId, tracking: Tracking | null): Promise<OrderView> {
    return this.refusedMoves.audited(actor, orderId, 'fulfilled', () =>
      this.database.transaction(async (tx) => {
        const order = await this.orders.lock(tx, orderId, null);
        await this.orders.apply(tx, actor, order, fulfilOrder(order));
        await this.shipping.markShipped(tx, orderId, tracking);
        return this.query.getWithin(tx, orderId);
      }),
    );
  }
}
