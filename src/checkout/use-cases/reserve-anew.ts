import { Injectable } from '@nestjs/common';
import { InventoryFacade, type Shortage } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { heldLines, type Order, type OrderItem, OrdersFacade } from '../../orders/index.js';
import type { Tx } from '../../platform/database/index.js';

export type NewHold =
  | { readonly kind: 'held'; readonly expiresAt: Date }
  | { readonly kind: 'short'; readonly shortages: readonly Shortage[]; readonly items: readonly OrderItem[] };

/** Holds the stock of an order again after it was given back. Short of stock, it changes nothing. */
@Injectable()
export class ReserveAnew {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly inventory: InventoryFacade,
  ) {}

  async execute(tx: Tx, actor: Actor, order: Order, ttlSeconds: number): Promise<NewHold> {
    const items = await this.orders.findItems(tx, order.id);
    const outcome = await this.inventory.reserve(tx, actor, {
      orderId: order.id,
      items: heldLines(items),
      ttlSeconds,
    });
    if (outcome.kind === 'short') return { kind: 'short', shortages: outcome.shortages, items };
    return { kind: 'held', expiresAt: outcome.expiresAt };
  }
}
