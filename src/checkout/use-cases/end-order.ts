import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { cancelOrder, failPayment, type Order, OrdersFacade } from '../../orders/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';

/** What happens to an order that gets no money, for now or for good: its stock is free again. */
@Injectable()
export class EndOrder {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
    private readonly cart: CartFacade,
  ) {}

  /** The payment failed. The buyer gets his cart back, unless he has begun to fill it anew. */
  async fail(tx: Tx, actor: Actor, order: Order): Promise<Order> {
    const again = order.status === 'payment_failed';
    if (again && order.paymentStatus === 'failed') return order;
    const failed = await this.orders.apply(tx, actor, order, failPayment(order));
    await this.inventory.releaseForOrder(tx, order.id);
    if (order.cartId !== null && !again) await this.restoreCart(tx, order);
    return failed;
  }

  /** Nobody will pay this order any more. */
  async cancel(tx: Tx, actor: Actor, order: Order, reason: string | null): Promise<Order> {
    const cancelled = await this.orders.apply(tx, actor, order, cancelOrder(order, reason));
    await this.inventory.releaseForOrder(tx, order.id);
    await this.shipping.cancel(tx, order.id);
    return cancelled;
  }

  /** Whoever may come to `fail` locks the buyer's cart with this before the order: the lock order of the house. */
  lockCart(tx: Tx, customerId: string): Promise<void> {
    return this.cart.lock(tx, customerId);
  }

  private async restoreCart(tx: Tx, order: Order): Promise<void> {
    const items = await this.orders.findItems(tx, order.id);
    const lines = items.flatMap(({ productId, quantity }) => (productId === null ? [] : [{ productId, quantity }]));
    await this.cart.restore(tx, order.customerId, lines);
  }
}
