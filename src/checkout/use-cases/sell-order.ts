import { Inject, Injectable } from '@nestjs/common';
import { InventoryFacade } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { type Order, OrdersFacade, payOrder } from '../../orders/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';
import { type NewHold, ReserveAnew } from './reserve-anew.js';

type Short = Extract<NewHold, { readonly kind: 'short' }>;
export type Sale = { readonly kind: 'sold'; readonly order: Order } | Short;

/** Turns a paid order's reservation into a sale. Where the stock was given back meanwhile, it is taken anew. */
@Injectable()
export class SellOrder {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
    private readonly reserveAnew: ReserveAnew,
  ) {}

  /** Short of stock, it changes nothing. */
  async execute(tx: Tx, actor: Actor, order: Order, transactionId: string): Promise<Sale> {
    const short = await this.takeStock(tx, actor, order);
    if (short) return short;
    await this.shipping.markReady(tx, order.id);
    return { kind: 'sold', order: await this.orders.apply(tx, actor, order, payOrder(order, transactionId)) };
  }

  private async takeStock(tx: Tx, actor: Actor, order: Order): Promise<Short | undefined> {
    if ((await this.inventory.confirmForOrder(tx, actor, order.id)) === 'confirmed') return undefined;
    const held = await this.reserveAnew.execute(tx, actor, order, this.config.RESERVATION_TTL_SECONDS);
    if (held.kind === 'short') return held;
    await this.inventory.confirmForOrder(tx, actor, order.id);
    return undefined;
  }
}
