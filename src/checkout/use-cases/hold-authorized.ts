import { Inject, Injectable } from '@nestjs/common';
import { ReservationExpiryFacade } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import { notePayment, type Order, OrdersFacade } from '../../orders/index.js';
import type { Payment } from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { GiveUpIntent } from './give-up-intent.js';
import { ReserveAnew } from './reserve-anew.js';

/** The bank holds the money of an order for us: its stock is held for as long, and nothing is sold before the capture. */
@Injectable()
export class HoldAuthorized {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly expiry: ReservationExpiryFacade,
    private readonly reserveAnew: ReserveAnew,
    private readonly giveUpIntent: GiveUpIntent,
  ) {}

  /**
   * An authorization may come after the stock was given back and sold to somebody else. No money was taken, so it is enough
   * to let it go: the order ends when the provider has done so.
   */
  async execute(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<Order> {
    const until = await this.holdStock(tx, actor, order);
    if (until) return this.orders.apply(tx, actor, order, notePayment('authorized', until));
    await this.giveUpIntent.execute(tx, payment, 'out_of_stock_at_payment');
    return order;
  }

  private async holdStock(tx: Tx, actor: Actor, order: Order): Promise<Date | undefined> {
    const ttlSeconds = this.config.AUTHORIZATION_TTL_SECONDS;
    const extended = await this.expiry.extend(tx, order.id, ttlSeconds);
    if (extended) return extended;
    const held = await this.reserveAnew.execute(tx, actor, order, ttlSeconds);
    return held.kind === 'held' ? held.expiresAt : undefined;
  }
}
