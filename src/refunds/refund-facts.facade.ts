import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { isId } from '../kernel/id.js';
import { type Order, OrdersFacade } from '../orders/index.js';
import { type Payment, PaymentsFacade } from '../payments/index.js';
import { inOnePacket, type Tx } from '../platform/database/index.js';
import type { Refund, RefundFact } from './domain/refund.js';
import { consequenceOf, isOfAnother, recheckAfter, withFact } from './domain/refund-change.js';
import { isLive } from './domain/refund-state.js';
import { ExternalRefunds } from './external-refunds.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { type Booking, RefundBooking } from './refund-booking.facade.js';
import { RefundRecord } from './refund-record.js';

export type RefundFactOutcome = 'applied' | 'old_news' | 'unknown_payment';

interface Locked {
  /** The order of the payment. A refund of surplus money has one as well, although it is not the order's refund. */
  readonly order: Order | null;
  readonly payment: Payment;
}

interface LockedRefund extends Locked {
  readonly refund: Refund | undefined;
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
    private readonly external: ExternalRefunds,
  ) {}

  async apply(tx: Tx, actor: Actor, fact: RefundFact): Promise<RefundFactOutcome> {
    const known = await this.find(tx, fact);
    if (known) return this.applyTo(tx, actor, known, fact);
    const payment = await this.findPayment(tx, fact);
    if (!payment) return 'unknown_payment';
    const locked = await this.lockPayment(tx, payment);
    // Several events tell of one refund, and another worker may just have booked it.
    const booked = await this.find(tx, fact);
    if (booked) return this.applyTo(tx, actor, booked, fact);
    return this.external.book(tx, actor, locked, fact);
  }

  /**
   * Those of many facts that are old news, as far as they bear the name of a refund that nobody else works on: it waits for
   * nobody, and what it leaves out has to be applied.
   */
  async findOldNews(tx: Tx, facts: readonly RefundFact[]): Promise<ReadonlySet<RefundFact>> {
    const ids = facts.flatMap(({ refundId }) => (refundId !== null && isId('ref', refundId) ? [refundId] : []));
    const refunds = await this.refunds.lockFree(tx, ids);
    return new Set(
      facts.filter((fact) =>
        refunds.some((refund) => refund.id === fact.refundId && !isOfAnother(refund, fact) && !withFact(refund, fact)),
      ),
    );
  }

  /** Locks a refund and, before it, what it hangs on, in the order of the house: order, then payment. */
  async lock(tx: Tx, { id, paymentId, ...found }: Refund): Promise<LockedRefund> {
    const orderId = found.orderId ?? (await this.payments.find(tx, paymentId))?.orderId ?? null;
    const [paid, refund] = await inOnePacket(
      this.lockPayment(tx, { id: paymentId, orderId }),
      this.refunds.lock(tx, id),
    );
    return { ...paid, refund };
  }

  private async lockPayment(tx: Tx, { id, orderId }: Pick<Payment, 'id' | 'orderId'>): Promise<Locked> {
    const [order, payment] = await inOnePacket(
      orderId === null ? Promise.resolve(null) : this.orders.lock(tx, orderId, null),
      this.payments.lock(tx, id),
    );
    return { order, payment };
  }

  /** Our own echo is known by its metadata, then by the provider's id. */
  private async find(tx: Tx, fact: RefundFact): Promise<Refund | undefined> {
    const { refundId, providerRefundId } = fact;
    const named = refundId !== null && isId('ref', refundId) ? await this.refunds.find(tx, refundId) : undefined;
    if (named && !isOfAnother(named, fact)) return named;
    return providerRefundId === null ? undefined : this.refunds.findByProviderId(tx, providerRefundId);
  }

  private async findPayment(tx: Tx, { providerPaymentId }: RefundFact): Promise<Payment | undefined> {
    return providerPaymentId === null ? undefined : this.payments.findByProviderId(tx, providerPaymentId);
  }

  private async applyTo(tx: Tx, actor: Actor, known: Refund, fact: RefundFact): Promise<RefundFactOutcome> {
    const { order, payment, refund } = await this.lock(tx, known);
    const next = refund && withFact(refund, fact);
    if (!refund || !next) return 'old_news';
    const saved = await this.record.move(tx, actor, next, recheckAfter(next.status));
    if (!isLive(next.status)) await this.payments.hold(tx, payment.id, -refund.amount);
    if (order) await this.book(tx, actor, refund, { order, payment, refund: saved });
    return 'applied';
  }

  private async book(tx: Tx, actor: Actor, before: Refund, booking: Booking): Promise<void> {
    const consequence = consequenceOf(before, booking.refund, booking.order);
    switch (consequence) {
      case 'nothing':
        return;
      case 'book':
        return this.booking.succeeded(tx, actor, booking);
      case 'take_back':
        return this.booking.cameBack(tx, actor, booking);
      case 'ask_person':
        return this.booking.askPerson(tx, actor, booking);
      default:
        return consequence satisfies never;
    }
  }
}
