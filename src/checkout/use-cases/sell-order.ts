import { Inject, Injectable } from '@nestjs/common';
import { InventoryFacade, type Shortage } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { type Order, type OrderItem, OrdersFacade, payOrder } from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';

export type Sale =
  | { readonly kind: 'sold'; readonly order: Order }
  | { readonly kind: 'short'; readonly shortages: readonly Shortage[]; readonly items: readonly OrderItem[] };

/** Turns a paid order's reservation into a sale. Where the stock was given back meanwhile, it is taken anew. */
@Injectable()
export class SellOrder {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
  ) {}

  /** Short of stock, it changes nothing. */
  async execute(tx: Tx, actor: Actor, order: Order, transactionId: string): Promise<Sale> {
    const short = await this.takeStock(tx, actor, order);
    if (short) return short;
    await this.shipping.markReady(tx, order.id);
    return { kind: 'sold', order: await this.orders.apply(tx, actor, order, payOrder(order, transactionId)) };
  }

  private async takeStock(tx: Tx, actor: Actor, order: Order): Promise<Sale | undefined> {
    if ((await this.inventory.confirmForOrder(tx, actor, order.id)) === 'confirmed') return undefined;
    const items = await this.orders.findItems(tx, order.id);
    const outcome = await this.inventory.reserve(tx, actor, {
      orderId: order.id,
      items: items.flatMap(({ productId, quantity }) => (productId === null ? [] : [{ productId, quantity }])),
      ttlSeconds: this.config.RESERVATION_TTL_SECONDS,
    });
    if (outcome.kind === 'short') return { kind: 'short', shortages: outcome.shortages, items };
    await this.inventory.confirmForOrder(tx, actor, order.id);
    return undefined;
  }
}
