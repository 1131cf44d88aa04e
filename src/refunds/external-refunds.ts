import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import type { Order } from '../orders/index.js';
import { type Payment, PaymentsFacade } from '../payments/index.js';
import type { Tx } from '../platform/database/index.js';
import type { RefundFact } from './domain/refund.js';
import { externalRefund, statusOf } from './domain/refund-change.js';
import { isSurplus } from './domain/refund-plan.js';
import { isLive } from './domain/refund-state.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { RefundBooking } from './refund-booking.facade.js';
import { RefundRecord } from './refund-record.js';

/** Refunds made in the provider's dashboard: the money is gone, so each is booked as it is and moves no stock. */
@Injectable()
export class ExternalRefunds {
  constructor(
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundRepository,
    private readonly record: RefundRecord,
    private readonly booking: RefundBooking,
  ) {}

  /** Under the locks of the payment and of its order, if it has one. */
  async book(
    tx: Tx,
    actor: Actor,
    { order, payment }: { readonly order: Order | null; readonly payment: Payment },
    fact: RefundFact,
  ): Promise<'applied' | 'old_news'> {
    const status = statusOf(fact);
    if (!isLive(status)) return 'old_news';
    await this.makeRoom(tx, actor, payment, fact.amount);
    // What an order was paid with stays, where money that came twice goes back.
    const own = order && !isSurplus(order, payment) ? order : null;
    const refund = await this.record.open(tx, actor, externalRefund(payment.id, own?.id ?? null, fact), []);
    if (own && status === 'succeeded') await this.booking.succeeded(tx, actor, { order: own, payment, refund });
    return 'applied';
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
