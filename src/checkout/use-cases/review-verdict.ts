import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { acceptPayment, type Order, OrdersFacade } from '../../orders/index.js';
import { type Payment, PaymentMismatch, PaymentsFacade } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { OrderNotPaid, RefundsFacade } from '../../refunds/index.js';
import { EndOrder } from './end-order.js';
import { insufficientStock } from './order-placement.js';
import { SellOrder } from './sell-order.js';

const GIVEN_BACK = 'refunded_after_review';

/** The two ways out of a review, for a locked order and its payment. */
@Injectable()
export class ReviewVerdict {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundsFacade,
    private readonly sellOrder: SellOrder,
    private readonly endOrder: EndOrder,
  ) {}

  /** Takes the money as it is. Which money that was is written down, so that the audit can tell it from an error. */
  async accept(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    requireMoney(order, payment);
    const sold = waitsForMoney(order) ? await this.sell(tx, actor, order, payment) : order;
    const settled = sold.paymentStatus === acceptPayment(sold).patch.paymentStatus;
    const accepted = settled ? sold : await this.orders.apply(tx, actor, sold, acceptPayment(sold));
    await this.orders.auditAcceptance(tx, actor, accepted, await this.payments.sumCaptured(tx, order.id));
  }

  async giveBack(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    const surplus = await this.payments.lockSurplus(tx, order.id);
    if (surplus) await this.giveSurplusBack(tx, actor, order, surplus);
    else if (waitsForMoney(order)) await this.giveUp(tx, actor, order, payment);
    // Goods that never left, and that did not come back before, go on the shelf.
    else await this.refunds.request(tx, actor, order, { reason: GIVEN_BACK, restock: order.status === 'paid' });
  }

  private async sell(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<Order> {
    const sale = await this.sellOrder.execute(tx, actor, order, payment.id);
    if (sale.kind === 'short') throw insufficientStock(sale.shortages, sale.items);
    return sale.order;
  }

  /** What the order was paid with stays; the second money never belonged to it. */
  private async giveSurplusBack(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    await this.refunds.returnUnused(tx, actor, { payment, order: null }, 'paid_twice');
    await this.orders.apply(tx, actor, order, acceptPayment(order));
  }

  private async giveUp(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<void> {
    // The order ends first: money from outside counts as returned at once, which is a change of the order as well.
    const ended = await this.endOrder.cancel(tx, actor, order, GIVEN_BACK);
    if (payment.status !== 'succeeded') await this.writeOff(tx, payment);
    else if (payment.refundHold < payment.capturedAmount) {
      await this.refunds.returnUnused(tx, actor, { payment, order: ended }, GIVEN_BACK);
    }
  }

  /**
   * Nobody could find out about this payment. It counts as failed, which is not its last word: should its money turn up, it
   * is money for a cancelled order and goes back by itself. Its intent, if we know of one, is given up by the job.
   */
  private async writeOff(tx: Tx, payment: Payment): Promise<void> {
    await this.payments.closeAttempts(tx, payment.id, 'rejected', GIVEN_BACK);
    const checkInSeconds = payment.providerPaymentId === null ? null : 0;
    await this.payments.update(tx, { ...payment, status: 'failed', checks: 0 }, checkInSeconds);
  }
}

/** Throws where there is no money that a person could take, or none that can be counted together with the order's. */
function requireMoney(order: Order, { id, status, amount, currency, ...payment }: Payment): void {
  const { capturedAmount, refundHold: refunded } = payment;
  const none = status !== 'succeeded' || refunded >= capturedAmount;
  if (none && waitsForMoney(order)) throw new OrderNotPaid(order.id, order.status);
  if (currency === order.currency) return;
  throw new PaymentMismatch(id, {
    payment: { status, amount, currency, refunded },
    order: { amount: order.totalAmount, currency: order.currency },
  });
}

function waitsForMoney(order: Order): boolean {
  return order.status === 'created' || order.status === 'payment_failed';
}
