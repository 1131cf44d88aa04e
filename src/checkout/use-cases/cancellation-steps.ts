import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { type Order, requireTransition } from '../../orders/index.js';
import {
  isMoving,
  type PaymentAttempt,
  PaymentInProgress,
  PaymentProviderUnavailable,
  PaymentsFacade,
} from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Claim } from '../../platform/idempotency/index.js';
import { RefundsFacade } from '../../refunds/index.js';
import type { Collected } from './collect-payment.js';
import { EndOrder } from './end-order.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderAnswers } from './order-answers.js';

export interface CancelOrderCommand {
  readonly actor: Actor;
  /** Whose order it has to be; null for an admin. */
  readonly ownerId: string | null;
  readonly orderId: OrderId;
  readonly reason: string | null;
}

/** The two transactions of a cancellation, before and after the call to the provider. */
@Injectable()
export class CancellationSteps {
  constructor(
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundsFacade,
    private readonly endOrder: EndOrder,
    private readonly answers: OrderAnswers,
  ) {}

  async begin(
    tx: Tx,
    command: CancelOrderCommand,
    order: Order,
    claim: Claim<OrderAnswer>,
  ): Promise<PaymentAttempt | 'answered'> {
    if (claim.isTakeOver && order.status === 'cancelled') return this.answers.withoutPayment(tx, claim, order.id);
    if (order.status === 'paid') return this.refundAll(tx, command, order, claim);
    requireTransition(order, 'cancelled');
    const attempt = await this.giveUpIntent(tx, order, command.reason);
    if (attempt) return attempt;
    await this.endOrder.cancel(tx, command.actor, order, command.reason);
    return this.answers.withoutPayment(tx, claim, order.id);
  }

  /** The call that gives an open intent up, or nothing where none is open. Throws where money may just be moving. */
  private async giveUpIntent(tx: Tx, order: Order, reason: string | null): Promise<PaymentAttempt | undefined> {
    const payment = await this.payments.lockForOrder(tx, order.id);
    if (payment?.provider !== 'stripe' || payment.status === 'canceled') return undefined;
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    if (open?.action === 'cancel') return open;
    if (open || isMoving(payment)) throw new PaymentInProgress(order.id);
    return payment.providerPaymentId === null ? undefined : this.payments.giveUp(tx, payment, reason);
  }

  /**
   * The provider gave the intent up, or the buyer was quicker and has paid or begun to, or nobody knows yet and nothing
   * changes.
   */
  async end(
    tx: Tx,
    command: CancelOrderCommand,
    claim: Claim<OrderAnswer>,
    { order, payment }: Collected,
  ): Promise<Error | undefined> {
    if (order.status === 'paid') await this.refundAll(tx, command, order, claim);
    else if (order.status === 'cancelled') await this.answers.withoutPayment(tx, claim, order.id);
    else if (isMoving(payment)) return new PaymentInProgress(order.id);
    else return new PaymentProviderUnavailable(`the intent of payment ${payment.id} could not be cancelled yet`);
    return undefined;
  }

  /**
   * Giving a paid order up is giving all of its money back; the order ends when the money has gone. Where all of it is on its
   * way already, what is asked for is happening.
   */
  private async refundAll(
    tx: Tx,
    command: CancelOrderCommand,
    order: Order,
    claim: Claim<OrderAnswer>,
  ): Promise<'answered'> {
    const promised = await this.refunds.isPromised(tx, order.id);
    if (!promised) await this.refunds.request(tx, command.actor, order, { reason: command.reason, restock: true });
    return this.answers.withoutPayment(tx, claim, order.id);
  }
}
