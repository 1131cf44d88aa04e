import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { notePayment, type Order, OrdersFacade } from '../../orders/index.js';
import { isAuthorized, type Payment, type PaymentAttempt } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { RefundsFacade } from '../../refunds/index.js';
import { RESERVATION_EXPIRED } from '../domain/hold-expiry.js';
import type { Settlement } from '../domain/settlement.js';
import { EndOrder } from './end-order.js';
import { HoldAuthorized } from './hold-authorized.js';
import { SellOrder } from './sell-order.js';

/** An order and its payment, both locked, and how the payment stood before the fact that is carried out. */
export interface Settling {
  readonly order: Order;
  readonly payment: Payment;
  readonly before: Payment;
  /** The call to the provider that the fact answers, if any. */
  readonly open: PaymentAttempt | undefined;
}

/** Does to an order what a fact about its payment means. */
@Injectable()
export class CarryOutSettlement {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly refunds: RefundsFacade,
    private readonly sellOrder: SellOrder,
    private readonly holdAuthorized: HoldAuthorized,
    private readonly endOrder: EndOrder,
  ) {}

  async execute(tx: Tx, actor: Actor, settling: Settling, settlement: Settlement): Promise<Order> {
    const { order, open } = settling;
    switch (settlement.kind) {
      case 'nothing':
        return order;
      case 'note':
        return this.orders.apply(tx, actor, order, notePayment(settlement.paymentStatus));
      case 'authorize':
        return this.authorize(tx, actor, settling);
      case 'pay':
        return this.pay(tx, actor, settling);
      case 'give_back':
        return this.giveBack(tx, actor, settling);
      case 'fail':
        return this.endOrder.fail(tx, actor, order);
      case 'cancel':
        return this.end(tx, actor, order, open?.request.cancelReason ?? null);
      default:
        return settlement satisfies never;
    }
  }

  /** A capture that came to nothing leaves the authorization as it was: its time does not begin anew. */
  private authorize(tx: Tx, actor: Actor, { order, payment, before }: Settling): Promise<Order> {
    if (isAuthorized(before)) return this.orders.apply(tx, actor, order, notePayment('authorized'));
    return this.holdAuthorized.execute(tx, actor, order, payment);
  }

  /** The provider gave the intent up: somebody had cancelled the order, or its hold had run out of time. */
  private end(tx: Tx, actor: Actor, order: Order, reason: string | null): Promise<Order> {
    if (reason === RESERVATION_EXPIRED) return this.endOrder.expire(tx, actor, order);
    return this.endOrder.cancel(tx, actor, order, reason);
  }

  /** Money may come after the stock was given back and sold to somebody else: then all of it goes back by itself. */
  private async pay(tx: Tx, actor: Actor, { order, payment }: Settling): Promise<Order> {
    const sale = await this.sellOrder.execute(tx, actor, order, payment.id);
    if (sale.kind === 'sold') return sale.order;
    // The order ends first: money from outside counts as returned at once, which is a change of the order as well.
    const cancelled = await this.endOrder.cancel(tx, actor, order, 'out_of_stock_at_payment');
    await this.refunds.returnUnused(tx, actor, { payment, order: cancelled }, 'out_of_stock_at_payment');
    return cancelled;
  }

  /** Money for an order that was given up: it stays given up, and the money goes back. */
  private async giveBack(tx: Tx, actor: Actor, { order, payment }: Settling): Promise<Order> {
    await this.refunds.returnUnused(tx, actor, { payment, order }, 'paid_after_cancellation');
    return order;
  }
}
