import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { isId } from '../kernel/id.js';
import { type Order, OrdersFacade } from '../orders/index.js';
import { type Payment, PaymentsFacade } from '../payments/index.js';
import type { Tx } from '../platform/database/index.js';
import type { Refund, RefundFact } from './domain/refund.js';
import { externalRefund, recheckAfter, statusOf, withFact } from './domain/refund-change.js';
import { isLive } from './domain/refund-state.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { RefundBooking } from './refund-booking.facade.js';
import { RefundRecord } from './refund-record.js';

export type RefundFactOutcome = 'applied' | 'old_news' | 'unknown_payment';

interface Locked {
  readonly order: Order | null;
  readonly payment: Payment;
}

/** The one place where a fact about a refund changes anything: the answer to our call, the webhook and the job come here. */
@Injectable()
export class RefundFacts {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundRepository,
    private readonly record: RefundRecord,
    private readonly booking: RefundBooking,
  ) {}

  async apply(tx: Tx, actor: Actor, fact: RefundFact): Promise<RefundFactOutcome> {
    const known = await this.findOurs(tx, fact);
    if (!known) return this.bookExternal(tx, actor, fact);
    const locked = await this.lock(tx, known);
    const refund = await this.refunds.lock(tx, known.id);
    if (!refund) return 'unknown_payment';
    return this.applyTo(tx, actor, { ...locked, refund }, fact);
  }

  /** Locks what a refund hangs on, in the order of the house: order, then payment. */
  async lock(tx: Tx, refund: Refund): Promise<Locked> {
    const order = refund.orderId === null ? null : await this.orders.lock(tx, refund.orderId, null);
    return { order, payment: await this.payments.lock(tx, refund.paymentId) };
  }

  /** Our own echo is known by its metadata, then by the provider's id. */
  private async findOurs(tx: Tx, fact: RefundFact): Promise<Refund | undefined> {
    const { refundId, providerRefundId } = fact;
    const byMetadata = refundId !== null && isId('ref', refundId) ? await this.refunds.find(tx, refundId) : undefined;
    if (byMetadata) return byMetadata;
    return providerRefundId === null ? undefined : this.refunds.findByProviderId(tx, providerRefundId);
  }

  private async applyTo(
    tx: Tx,
    actor: Actor,
    { order, payment, refund }: Locked & { readonly refund: Refund },
    fact: RefundFact,
  ): Promise<RefundFactOutcome> {
    const next = withFact(refund, fact);
    if (!next) return 'old_news';
    const saved = await this.record.move(tx, actor, next, recheckAfter(next.status));
    if (!isLive(next.status)) await this.payments.hold(tx, payment.id, -refund.amount);
    if (!order) return 'applied';
    if (next.status === 'succeeded') await this.booking.succeeded(tx, actor, order, saved);
    else if (refund.status === 'succeeded') await this.booking.cameBack(tx, actor, order, saved);
    return 'applied';
  }

  /** A refund made in the provider's dashboard: the money is gone, so it is booked as it is and moves no stock. */
  private async bookExternal(tx: Tx, actor: Actor, fact: RefundFact): Promise<RefundFactOutcome> {
    const found = await this.findPayment(tx, fact);
    if (!found) return 'unknown_payment';
    const order = found.orderId === null ? null : await this.orders.lock(tx, found.orderId, null);
    const payment = await this.payments.lock(tx, found.id);
    const status = statusOf(fact);
    if (!isLive(status)) return 'old_news';
    await this.makeRoom(tx, actor, payment, fact.amount);
    const refund = await this.record.open(tx, actor, externalRefund(payment, fact), []);
    if (order && status === 'succeeded') await this.booking.succeeded(tx, actor, order, refund);
    return 'applied';
  }

  private async findPayment(tx: Tx, { providerPaymentId }: RefundFact): Promise<Payment | undefined> {
    const id = providerPaymentId === null ? undefined : await this.payments.findIdByProviderId(tx, providerPaymentId);
    return id && this.payments.find(tx, id);
  }

  /** What is gone outranks what we only meant to send: our unsent refunds give way. */
  private async makeRoom(tx: Tx, actor: Actor, payment: Payment, amount: number): Promise<void> {
    let excess = payment.refundHold + amount - payment.capturedAmount;
    for (const unsent of excess > 0 ? await this.refunds.lockUnsent(tx, payment.id) : []) {
      if (excess <= 0) break;
      await this.record.move(tx, actor, { ...unsent, status: 'canceled', failureCode: 'refunded_at_provider' }, null);
      await this.payments.hold(tx, payment.id, -unsent.amount);
      excess -= unsent.amount;
    }
    if (excess > 0) throw new Error(`payment ${payment.id}: a refund under way has to end before this one is booked`);
    await this.payments.hold(tx, payment.id, amount);
  }
}
