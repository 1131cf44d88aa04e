import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { acceptPayment, type Order, OrdersFacade } from '../../orders/index.js';
import type { Payment } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { RefundsFacade } from '../../refunds/index.js';
import { EndOrder } from './end-order.js';
import { insufficientStock } from './order-placement.js';
import { SellOrder } from './sell-order.js';

/** The two ways out of a review, for a locked order and its payment. */
@Injectable()
export class ReviewVerdict {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly refunds: RefundsFacade,
    private readonly sellOrder: SellOrder,
    private readonly endOrder: EndOrder,
  ) {}

  async accept(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    if (!waitsForMoney(order)) {
      await this.orders.apply(tx, actor, order, acceptPayment(order));
      return;
    }
    const sale = await this.sellOrder.execute(tx, actor, order, payment.id);
    if (sale.kind === 'short') throw insufficientStock(sale.shortages, sale.items);
  }

  async giveBack(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    if (isSurplus(order, payment)) {
      // What the order was paid with stays; the second money never belonged to it.
      await this.refunds.returnUnused(tx, actor, { payment, order: null }, 'paid_twice');
      await this.orders.apply(tx, actor, order, acceptPayment(order));
      return;
    }
    await this.refunds.returnUnused(tx, actor, { payment, order }, 'refunded_after_review');
    if (waitsForMoney(order)) await this.endOrder.cancel(tx, actor, order, 'refunded_after_review');
  }
}

function isSurplus(order: Order, payment: Payment): boolean {
  return (
    order.paymentTransactionId !== null && payment.provider === 'stripe' && payment.id !== order.paymentTransactionId
  );
}

function waitsForMoney(order: Order): boolean {
  return order.status === 'created' || order.status === 'payment_failed';
}
