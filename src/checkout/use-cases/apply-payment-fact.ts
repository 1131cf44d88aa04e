import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import { notePayment, type Order, OrdersFacade } from '../../orders/index.js';
import {
  isAtRest,
  type Payment,
  type PaymentAttempt,
  type PaymentFact,
  PaymentsFacade,
  withFact,
} from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { RefundsFacade } from '../../refunds/index.js';
import { RESERVATION_EXPIRED } from '../domain/hold-expiry.js';
import { type Settlement, settle } from '../domain/settlement.js';
import { EndOrder } from './end-order.js';
import { SellOrder } from './sell-order.js';

/** An order and its payment, both locked. */
export interface Settled {
  readonly order: Order;
  readonly payment: Payment;
}

/**
 * The one place where a fact about a payment changes its order: the inline answer, the job and whoever else learns
 * something come here, with the order and the payment locked.
 */
@Injectable()
export class ApplyPaymentFact {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundsFacade,
    private readonly sellOrder: SellOrder,
    private readonly endOrder: EndOrder,
  ) {}

  /**
   * Locks what a fact may change; undefined where nothing is known. A payment that comes to nothing gives the cart back, and
   * the cart's lock stands before the order's: taken after it, two requests of one buyer would wait for each other in a
   * circle.
   */
  async lock(
    tx: Tx,
    ids: { readonly orderId: OrderId; readonly paymentId: PaymentId },
    fact: PaymentFact | undefined,
  ): Promise<Settled> {
    if (fact?.kind === 'failed' || fact?.kind === 'canceled') {
      const payment = await this.payments.find(tx, ids.paymentId);
      if (payment) await this.endOrder.lockCart(tx, payment.customerId);
    }
    const order = await this.orders.lock(tx, ids.orderId, null);
    return { order, payment: await this.payments.lock(tx, ids.paymentId) };
  }

  async execute(tx: Tx, actor: Actor, { order, payment }: Settled, fact: PaymentFact): Promise<Settled> {
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    const next = withFact(payment, fact, open);
    if (!next) return { order, payment: open ? payment : await this.letRest(tx, payment) };
    const saved = await this.payments.update(tx, { ...next, checks: 0 }, this.checkAfter(payment, next));
    // Also where the network takes days: sending again would bring back the stored answer, not the state of the intent.
    await this.payments.closeAttempts(tx, payment.id, outcomeOf(fact), fact.declineCode);
    const settlement = settle(order, payment, fact, open?.action === 'cancel');
    return { order: await this.carryOut(tx, actor, { order, payment: saved, open }, settlement), payment: saved };
  }

  private async carryOut(
    tx: Tx,
    actor: Actor,
    { order, payment, open }: Settled & { readonly open: PaymentAttempt | undefined },
    settlement: Settlement,
  ): Promise<Order> {
    switch (settlement.kind) {
      case 'nothing':
        return order;
      case 'note':
        return this.orders.apply(tx, actor, order, notePayment(settlement.paymentStatus));
      case 'pay':
        return this.pay(tx, actor, { order, payment });
      case 'give_back':
        return this.giveBack(tx, actor, { order, payment });
      case 'fail':
        return this.endOrder.fail(tx, actor, order);
      case 'cancel':
        return this.end(tx, actor, order, open?.request.cancelReason ?? null);
      default:
        return settlement satisfies never;
    }
  }

  /** The provider gave the intent up: somebody had cancelled the order, or its hold had run out of time. */
  private end(tx: Tx, actor: Actor, order: Order, reason: string | null): Promise<Order> {
    if (reason === RESERVATION_EXPIRED) return this.endOrder.expire(tx, actor, order);
    return this.endOrder.cancel(tx, actor, order, reason);
  }

  /** Money may come after the stock was given back and sold to somebody else: then all of it goes back by itself. */
  private async pay(tx: Tx, actor: Actor, { order, payment }: Settled): Promise<Order> {
    const sale = await this.sellOrder.execute(tx, actor, order, payment.id);
    if (sale.kind === 'sold') return sale.order;
    await this.refunds.returnUnused(tx, actor, { payment, order }, 'out_of_stock_at_payment');
    return this.endOrder.cancel(tx, actor, order, 'out_of_stock_at_payment');
  }

  /** Money for an order that was given up: it stays given up, and the money goes back. */
  private async giveBack(tx: Tx, actor: Actor, { order, payment }: Settled): Promise<Order> {
    await this.refunds.returnUnused(tx, actor, { payment, order }, 'paid_after_cancellation');
    return order;
  }

  /** A look that brought nothing new was the last one, unless the payment is still under way. */
  private async letRest(tx: Tx, payment: Payment): Promise<Payment> {
    const due = payment.nextCheckAt !== null && isAtRest(payment);
    return due ? this.payments.update(tx, payment, null) : payment;
  }

  /** An open payment is looked after at its time, then again and again until it ends; one at rest never again. */
  private checkAfter(before: Payment, after: Payment): number | null {
    if (isAtRest(after)) return null;
    const { RECONCILE_AFTER_SECONDS: first, RECONCILE_INTERVAL_SECONDS: interval } = this.config;
    return before.lastFactAt === null ? first : interval;
  }
}

function outcomeOf(fact: PaymentFact): PaymentAttempt['outcome'] {
  return fact.kind === 'failed' ? 'declined' : 'accepted';
}
