import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import { OrderQuery, OrdersFacade, type OrderView } from '../../orders/index.js';
import { OrderPaymentFailed, type Payment, PaymentsFacade } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Claim } from '../../platform/idempotency/index.js';
import type { Collected, NextCall } from './collect-payment.js';
import { awaitedOutside, type OrderAnswer, paymentAnswer } from './order-answer.js';

/** What the first step left to do: a call to the provider, or nothing because the answer is recorded. */
export type FirstStep = NextCall | 'answered';

const NO_HANDOVER = { clientSecret: null, nextAction: null };

/** Records how a request about an order ended, in the transaction that ended it. */
@Injectable()
export class OrderAnswers {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly query: OrderQuery,
  ) {}

  /** The order stands, and no payment is to be told of. */
  async withoutPayment(tx: Tx, claim: Claim<OrderAnswer>, orderId: OrderId): Promise<'answered'> {
    return this.placed(tx, claim, await this.query.getWithin(tx, orderId));
  }

  /** The order was made, and no payment was asked for yet. */
  async placed(tx: Tx, claim: Claim<OrderAnswer>, order: OrderView): Promise<'answered'> {
    await claim.finish(tx, { order, payment: order.provider === 'manual' ? awaitedOutside() : null }, order.id);
    return 'answered';
  }

  /** The money is there, and no provider has to be asked. */
  async paid(tx: Tx, claim: Claim<OrderAnswer>, order: OrderView, payment: Payment): Promise<void> {
    await claim.finish(tx, { order, payment: paymentAnswer(payment, NO_HANDOVER) }, order.id);
  }

  /**
   * The provider has spoken. A decline is returned, not thrown: it has to be told once this transaction is durable, and
   * throwing would undo it.
   */
  async afterCall(
    tx: Tx,
    claim: Claim<OrderAnswer>,
    { order, payment, handover }: Collected,
  ): Promise<OrderPaymentFailed | undefined> {
    if (payment.status === 'failed') return new OrderPaymentFailed(order.id, payment.declineCode);
    const view = await this.query.getWithin(tx, order.id);
    await claim.finish(tx, { order: view, payment: paymentAnswer(payment, handover) }, order.id);
    return undefined;
  }

  /** Goes on where a run that made an order stopped when its process died; undefined where it had not begun. */
  async resumeCreation(tx: Tx, claim: Claim<OrderAnswer>): Promise<FirstStep | undefined> {
    const orderId = claim.isTakeOver ? await this.orders.findIdByCreationKey(tx, claim.id) : undefined;
    return orderId && this.resume(tx, claim, orderId);
  }

  /**
   * Goes on where a run of the same request stopped when its process died after its first transaction. A job may have
   * finished its call in the meantime: then the answer is what became of it.
   */
  async resume(tx: Tx, claim: Claim<OrderAnswer>, orderId: OrderId): Promise<FirstStep> {
    const order = await this.orders.lock(tx, orderId, null);
    const payment = await this.payments.lockForOrder(tx, orderId);
    if (!payment) return this.withoutPayment(tx, claim, orderId);
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    if (open) return { kind: 'send', attempt: open };
    const intentId = payment.providerPaymentId;
    if (waitsForClient(payment) && intentId !== null) return { kind: 'look', paymentId: payment.id, orderId, intentId };
    const declined = await this.afterCall(tx, claim, { order, payment, handover: NO_HANDOVER });
    if (declined) throw declined;
    return 'answered';
  }
}

/** What the client needs to go on with its payment is the provider's to tell. */
function waitsForClient(payment: Payment): boolean {
  return payment.status === 'pending' || payment.status === 'requires_action';
}
