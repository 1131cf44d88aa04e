import { Inject, Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import { cancelOrder, failPayment, notePayment, type Order, OrdersFacade, payOrder } from '../../orders/index.js';
import { type Payment, type PaymentAttempt, type PaymentFact, PaymentsFacade, withFact } from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import { ShippingFacade } from '../../shipping/index.js';
import { type Settlement, settle } from '../domain/settlement.js';

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
    private readonly inventory: InventoryFacade,
    private readonly shipping: ShippingFacade,
    private readonly cart: CartFacade,
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
      if (payment) await this.cart.lock(tx, payment.customerId);
    }
    const order = await this.orders.lock(tx, ids.orderId, null);
    return { order, payment: await this.payments.lock(tx, ids.paymentId) };
  }

  async execute(tx: Tx, actor: Actor, { order, payment }: Settled, fact: PaymentFact): Promise<Settled> {
    const next = withFact(payment, fact);
    if (!next) return { order, payment };
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    const saved = await this.payments.update(tx, { ...next, checks: 0 }, this.checkAfter(next));
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
        return this.pay(tx, actor, order, payment.id);
      case 'fail':
        return this.fail(tx, actor, order);
      case 'cancel':
        return this.cancel(tx, actor, order, open?.request.cancelReason ?? null);
      default:
        return settlement satisfies never;
    }
  }

  /** Money may come after the stock was given back: then it is taken anew, and where it is gone a person decides. */
  async pay(tx: Tx, actor: Actor, order: Order, transactionId: string): Promise<Order> {
    if (!(await this.sellReserved(tx, order))) return this.orders.apply(tx, actor, order, notePayment('review'));
    await this.shipping.markReady(tx, order.id);
    return this.orders.apply(tx, actor, order, payOrder(order, transactionId));
  }

  private async sellReserved(tx: Tx, order: Order): Promise<boolean> {
    if ((await this.inventory.confirmForOrder(tx, order.id)) === 'confirmed') return true;
    const items = await this.orders.findItems(tx, order.id);
    const reserved = await this.inventory.reserve(tx, {
      orderId: order.id,
      items: items.flatMap((item) =>
        item.productId === null ? [] : [{ productId: item.productId, quantity: item.quantity }],
      ),
      ttlSeconds: this.config.RESERVATION_TTL_SECONDS,
    });
    return reserved.kind === 'reserved' && (await this.inventory.confirmForOrder(tx, order.id)) === 'confirmed';
  }

  /** The buyer gets his cart back, unless he has begun to fill it anew. */
  private async fail(tx: Tx, actor: Actor, order: Order): Promise<Order> {
    const again = order.status === 'payment_failed';
    if (again && order.paymentStatus === 'failed') return order;
    const failed = await this.orders.apply(tx, actor, order, failPayment(order));
    await this.inventory.releaseForOrder(tx, order.id);
    if (order.cartId !== null && !again) await this.cart.restore(tx, order.customerId, await this.linesOf(tx, order));
    return failed;
  }

  /** Ends an order that nobody will pay any more. */
  async cancel(tx: Tx, actor: Actor, order: Order, reason: string | null): Promise<Order> {
    const cancelled = await this.orders.apply(tx, actor, order, cancelOrder(order, reason));
    await this.inventory.releaseForOrder(tx, order.id);
    await this.shipping.cancel(tx, order.id);
    return cancelled;
  }

  private async linesOf(tx: Tx, order: Order): Promise<{ productId: string; quantity: number }[]> {
    const items = await this.orders.findItems(tx, order.id);
    return items.flatMap(({ productId, quantity }) => (productId === null ? [] : [{ productId, quantity }]));
  }

  /** Open payments are looked after until they end; ended ones never again. */
  private checkAfter(payment: Payment): number | null {
    const ended = payment.status === 'succeeded' || payment.status === 'canceled' || payment.status === 'failed';
    return ended ? null : this.config.RECONCILE_AFTER_SECONDS;
  }
}

function outcomeOf(fact: PaymentFact): PaymentAttempt['outcome'] {
  return fact.kind === 'failed' ? 'declined' : 'accepted';
}
