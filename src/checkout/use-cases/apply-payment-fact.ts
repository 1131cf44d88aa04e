import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import { notePayment, type Order, OrdersFacade } from '../../orders/index.js';
import {
  isAtRest,
  isAuthorized,
  type Payment,
  type PaymentAttempt,
  type PaymentFact,
  PaymentsFacade,
  withFact,
} from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { inOnePacket, type Tx } from '../../platform/database/index.js';
import { settle } from '../domain/settlement.js';
import { CarryOutSettlement } from './carry-out-settlement.js';
import { EndOrder } from './end-order.js';

/** An authorization stands for days, and how it ends is told by webhook or is our own doing: an hourly look is enough. */
const AUTHORIZED_RECHECK_SECONDS = 3_600;

/** An order and its payment, both locked. */
export interface Settled {
  readonly order: Order;
  readonly payment: Payment;
}

/** The same, with the call to the provider whose outcome nobody recorded yet. */
export interface LockedPayment extends Settled {
  readonly open: PaymentAttempt | undefined;
}

/**
 * Where a fact about a payment changes its order: the inline answer, the job and whoever else learns something come here, with
 * the order and the payment locked. Of many orders that were paid at once those from which nothing else comes are sold by
 * `SellOrders`, by the same rules.
 */
@Injectable()
export class ApplyPaymentFact {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly endOrder: EndOrder,
    private readonly carryOut: CarryOutSettlement,
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
  ): Promise<LockedPayment> {
    if (fact?.kind === 'failed' || fact?.kind === 'canceled') {
      const payment = await this.payments.find(tx, ids.paymentId);
      if (payment) await this.endOrder.lockCart(tx, payment.customerId);
    }
    const [order, payment, open] = await inOnePacket(
      this.orders.lock(tx, ids.orderId, null),
      this.payments.lock(tx, ids.paymentId),
      this.payments.findOpenAttempt(tx, ids.paymentId),
    );
    return { order, payment, open };
  }

  /** With what was {@link lock}ed. */
  async execute(
    tx: Tx,
    actor: Actor,
    { order, payment: before, open }: LockedPayment,
    fact: PaymentFact,
  ): Promise<Settled> {
    const next = withFact(before, fact, open);
    if (!next) return { order, payment: open ? before : await this.letRest(tx, before) };
    const payment = await this.payments.update(tx, { ...next, checks: 0 }, this.checkAfter(before, next));
    // Also where the network takes days: sending again would bring back the stored answer, not the state of the intent.
    await this.payments.closeAttempts(tx, before.id, outcomeOf(fact, open), fact.declineCode);
    // What came is compared with what was asked for, which the payment does not tell any more once it has taken the fact.
    const settlement = settle(order, before, fact, open?.action === 'cancel');
    return { order: await this.carryOut.execute(tx, actor, { order, payment, before, open }, settlement), payment };
  }

  /** Books what the provider says of a payment, and leaves what it means for the order to a person. */
  async leaveToPerson(tx: Tx, actor: Actor, { order, payment }: Settled, fact: PaymentFact): Promise<void> {
    const next = withFact(payment, fact);
    if (next) await this.payments.update(tx, next, this.checkAfter(payment, next));
    if (order.paymentStatus !== 'review') await this.orders.apply(tx, actor, order, notePayment('review'));
  }

  /** A look that brought nothing new was the last one, unless the payment is still under way. */
  private async letRest(tx: Tx, payment: Payment): Promise<Payment> {
    const due = payment.nextCheckAt !== null && isAtRest(payment);
    return due ? this.payments.update(tx, payment, null) : payment;
  }

  /** An open payment is looked after at its time, then again and again until it ends; one at rest never again. */
  private checkAfter(before: Payment, after: Payment): number | null {
    if (isAtRest(after)) return null;
    if (isAuthorized(after)) return AUTHORIZED_RECHECK_SECONDS;
    const { RECONCILE_AFTER_SECONDS: first, RECONCILE_INTERVAL_SECONDS: interval } = this.config;
    return before.lastFactAt === null ? first : interval;
  }
}

/** What became of the call that a fact answers. An authorization that still stands was not captured by it. */
function outcomeOf(fact: PaymentFact, open: PaymentAttempt | undefined): PaymentAttempt['outcome'] {
  if (fact.kind === 'failed') return 'declined';
  return open?.action === 'capture' && fact.kind !== 'succeeded' ? 'rejected' : 'accepted';
}
