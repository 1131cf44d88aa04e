import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import { type Actor, systemActor } from '../../kernel/actor.js';
import { cancelOrder, failPayment, loseHold, type Order, OrdersFacade } from '../../orders/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';
import { RESERVATION_EXPIRED } from '../domain/hold-expiry.js';

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
    await this.inventory.releaseForOrder(tx, actor, order.id);
    if (order.cartId !== null && !again) await this.restoreCart(tx, order);
    return failed;
  }

  /** Nobody will pay this order any more. */
  async cancel(tx: Tx, actor: Actor, order: Order, reason: string | null): Promise<Order> {
    const cancelled = await this.orders.apply(tx, actor, order, cancelOrder(order, reason));
    await this.inventory.releaseForOrder(tx, actor, order.id);
    await this.shipping.cancel(tx, order.id);
    return cancelled;
  }

  /** Nobody paid in time. It was the clock that ended the order, whoever found out. */
  async expire(tx: Tx, finder: Actor, order: Order): Promise<Order> {
    const actor = systemActor('expiry', finder.traceId);
    const cancelled = await this.orders.apply(tx, actor, order, cancelOrder(order, RESERVATION_EXPIRED));
    await this.inventory.expireForOrder(tx, actor, order.id);
    await this.shipping.cancel(tx, order.id);
    return cancelled;
  }

  /** The stock is free again, while a person still looks at the money of the order. */
  async letGo(tx: Tx, actor: Actor, order: Order): Promise<Order> {
    const left = await this.orders.apply(tx, actor, order, loseHold());
    await this.inventory.expireForOrder(tx, actor, order.id);
    return left;
  }

  /** Whoever may come to `fail` locks the buyer's cart with this before the order: the lock order of the house. */
  async lockCart(tx: Tx, customerId: string): Promise<void> {
    await this.cart.lock(tx, customerId);
  }

  private async restoreCart(tx: Tx, order: Order): Promise<void> {
    const items = await this.orders.findItems(tx, order.id);
    const lines = items.flatMap(({ productId, quantity }) => (productId === null ? [] : [{ productId, quantity }]));
    await this.cart.restore(tx, order.customerId, lines);
  }
}
