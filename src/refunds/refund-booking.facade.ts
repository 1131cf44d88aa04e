import { Injectable } from '@nestjs/common';
import { StockLedgerFacade } from '../inventory/index.js';
import type { Actor } from '../kernel/actor.js';
import { type Order, type OrderItem, OrdersFacade, refundOrder, takeRefundBack } from '../orders/index.js';
import type { Tx } from '../platform/database/index.js';
import { ShippingFacade } from '../shipping/index.js';
import type { Refund } from './domain/refund.js';
import { RefundRepository } from './persistence/refund.repository.js';

/** What money that went back, or came back again, does to a locked order and its stock. Sums come from the ledger. */
@Injectable()
export class RefundBooking {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly orders: OrdersFacade,
    private readonly stock: StockLedgerFacade,
    private readonly shipping: ShippingFacade,
  ) {}

  async succeeded(tx: Tx, actor: Actor, order: Order, refund: Refund): Promise<void> {
    const units = await this.unitsOf(tx, order, refund);
    const restock = refund.restock && !refund.external ? units : [];
    const restocked = new Set(restock.map((unit) => unit.item.id));
    await this.orders.countRefunded(
      tx,
      units.map(({ item, quantity }) => ({
        id: item.id,
        refunded: quantity,
        restocked: restocked.has(item.id) ? Math.min(quantity, item.quantity - item.restockedQuantity) : 0,
      })),
    );
    const change = refundOrder(order, await this.refunds.sumSucceeded(tx, order.id));
    const changed = await this.orders.apply(tx, actor, order, change);
    if (changed.status === 'refunded') await this.shipping.cancel(tx, order.id);
    const lines = restock.flatMap(({ item: { productId }, quantity }) =>
      productId === null ? [] : [{ productId, quantity }],
    );
    if (lines.length > 0) await this.stock.restock(tx, actor, refund.id, lines);
  }

  /** What was put back on the shelf stays there: the goods are here, only the money came back. */
  async cameBack(tx: Tx, actor: Actor, order: Order, refund: Refund): Promise<void> {
    const units = await this.unitsOf(tx, order, refund);
    await this.orders.countRefunded(
      tx,
      units.map(({ item, quantity }) => ({ id: item.id, refunded: -quantity, restocked: 0 })),
    );
    await this.orders.apply(tx, actor, order, takeRefundBack(order, await this.refunds.sumSucceeded(tx, order.id)));
  }

  private async unitsOf(tx: Tx, order: Order, refund: Refund): Promise<{ item: OrderItem; quantity: number }[]> {
    const quantities = new Map(
      (await this.refunds.findItems(tx, refund.id)).map((unit) => [unit.orderItemId, unit.quantity]),
    );
    const items = await this.orders.findItems(tx, order.id);
    return items.flatMap((item) => {
      const quantity = quantities.get(item.id);
      return quantity === undefined ? [] : [{ item, quantity }];
    });
  }
}
