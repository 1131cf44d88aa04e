import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { notePayment, type Order, OrdersFacade, requireTransition } from '../../orders/index.js';
import {
  CaptureFailed,
  isAuthorized,
  isMoving,
  OrderNotAuthorized,
  type Payment,
  type PaymentAttempt,
  PaymentInProgress,
  PaymentsFacade,
} from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Claim } from '../../platform/idempotency/index.js';
import type { Collected } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderAnswers } from './order-answers.js';

export interface CaptureOrderCommand {
  readonly actor: Actor;
  readonly orderId: OrderId;
}

/** The two transactions of a capture, before and after the call to the provider. */
@Injectable()
export class CaptureSteps {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly answers: OrderAnswers,
  ) {}

  /** Throws OrderAlreadyPaid, InvalidTransition, OrderNotAuthorized, PaymentInProgress. */
  async begin(
    tx: Tx,
    { actor, orderId }: CaptureOrderCommand,
    claim: Claim<OrderAnswer>,
  ): Promise<PaymentAttempt | 'answered'> {
    const order = await this.orders.lock(tx, orderId, null);
    const payment = await this.payments.lockForOrder(tx, orderId);
    const open = payment && (await this.payments.findOpenAttempt(tx, payment.id));
    if (claim.isTakeOver && payment) return this.resume(tx, claim, { order, payment, open });
    requireTransition(order, 'paid');
    if (open || (payment && isMoving(payment))) throw new PaymentInProgress(orderId);
    if (!payment || !isAuthorized(payment)) throw new OrderNotAuthorized(orderId, order.paymentStatus);
    await this.orders.apply(tx, actor, order, notePayment('processing'));
    return this.payments.capture(tx, payment);
  }

  /**
   * The money is there, or does not fit and waits for a person, or nobody knows yet and a job finds out. A definite no is
   * returned, not thrown: what it changed has to be durable.
   */
  async end(
    tx: Tx,
    claim: Claim<OrderAnswer>,
    { order, payment, handover }: Collected,
  ): Promise<CaptureFailed | undefined> {
    if (payment.status !== 'succeeded' && order.paymentStatus !== 'processing') {
      return new CaptureFailed(order.id, order.paymentStatus);
    }
    await this.answers.afterCall(tx, claim, { order, payment, handover });
    return undefined;
  }

  /** An earlier run of this request died after its first transaction. A job may have ended its call since. */
  private async resume(
    tx: Tx,
    claim: Claim<OrderAnswer>,
    { order, payment, open }: { order: Order; payment: Payment; open: PaymentAttempt | undefined },
  ): Promise<PaymentAttempt | 'answered'> {
    if (open?.action === 'capture') return open;
    const handover = { clientSecret: null, nextAction: null };
    const failed = await this.end(tx, claim, { order, payment, handover });
    if (failed) throw failed;
    return 'answered';
  }
}
