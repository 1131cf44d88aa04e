import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isId, type OrderId } from '../../kernel/id.js';
import type { Order, OrderView } from '../../orders/index.js';
import {
  type Payment,
  PaymentAlreadyAttached,
  PaymentInProgress,
  PaymentMismatch,
  PaymentNotFound,
  PaymentsFacade,
} from '../../payments/index.js';
import { type Answers, type Question, together, type Tx } from '../../platform/database/index.js';
import { insufficientStock } from './order-placement.js';
import { type Sale, type SaleQuestions, SellOrder } from './sell-order.js';

export interface RecordPaymentCommand {
  readonly actor: Actor;
  /** Whose order it has to be; null for an admin or an internal caller, who alone may record outside money. */
  readonly ownerId: string | null;
  readonly orderId: OrderId;
  readonly transactionId: string;
}

export interface AttachedMoney {
  readonly payment: Payment;
  readonly order: OrderView;
}

interface OutsideQuestions extends SaleQuestions {
  readonly live: Question<Pick<Payment, 'id' | 'status'>>;
}

/** What has to be known of an order whose money came past us. */
export type OutsideAnswers = Answers<OutsideQuestions>;

/** Puts money and order together, in the transaction that holds the order. */
@Injectable()
export class AttachMoney {
  constructor(
    private readonly payments: PaymentsFacade,
    private readonly sellOrder: SellOrder,
  ) {}

  /**
   * What has to be known to write outside money down, to be asked at the moment at which the order is locked. Nothing where a
   * payment of ours is meant, whose lock stands before the stock's.
   */
  async ask(tx: Tx, { ownerId, orderId, transactionId }: RecordPaymentCommand): Promise<OutsideAnswers | undefined> {
    if (ownerId !== null || isId('pay', transactionId)) return undefined;
    return together(tx, this.questions(orderId));
  }

  /** With what was {@link ask}ed. */
  async execute(
    tx: Tx,
    command: RecordPaymentCommand,
    order: Order,
    asked: OutsideAnswers | undefined,
  ): Promise<AttachedMoney> {
    const outside = command.ownerId === null && order.provider === 'manual';
    if (!outside) return this.attach(tx, command, order);
    return this.record(tx, command, order, asked ?? (await together(tx, this.questions(order.id))));
  }

  private questions(orderId: OrderId): OutsideQuestions {
    return { live: this.payments.askLive(orderId), ...this.sellOrder.questions(orderId) };
  }

  private async record(
    tx: Tx,
    { actor, transactionId }: RecordPaymentCommand,
    order: Order,
    { live, ...asked }: OutsideAnswers,
  ): Promise<AttachedMoney> {
    if (live.length > 0) throw new PaymentInProgress(order.id);
    const payment = await this.payments.recordOutside(tx, {
      orderId: order.id,
      customerId: order.customerId,
      amount: order.totalAmount,
      currency: order.currency,
      capturedAmount: order.totalAmount,
      creationKey: null,
    });
    return { payment, order: soldOrder(await this.sellOrder.sell(tx, actor, { order, asked }, transactionId)) };
  }

  private async attach(tx: Tx, { actor, transactionId }: RecordPaymentCommand, order: Order): Promise<AttachedMoney> {
    const current = await this.payments.lockForOrder(tx, order.id);
    if (current && current.status !== 'failed' && current.status !== 'canceled') throw new PaymentInProgress(order.id);
    const payment = await this.find(tx, order, transactionId);
    const sold = soldOrder(await this.sellOrder.execute(tx, actor, order, payment.id));
    if (current) await this.giveUpDeclined(tx, current);
    return { payment, order: sold };
  }

  /** A declined intent is still open at the provider and must not be paid as well: a job gives it up. */
  private async giveUpDeclined(tx: Tx, payment: Payment): Promise<void> {
    const open = payment.status === 'failed' && payment.provider === 'stripe';
    if (open) await this.payments.update(tx, payment, 0);
  }

  private async find(tx: Tx, order: Order, transactionId: string): Promise<Payment> {
    if (!isId('pay', transactionId)) throw new PaymentNotFound(transactionId.slice(0, 64));
    const payment = await this.payments.lock(tx, transactionId);
    if (payment.customerId !== order.customerId) throw new PaymentNotFound(transactionId);
    if (payment.orderId !== null) throw new PaymentAlreadyAttached(payment.id);
    if (!pays(payment, order)) {
      const { status, amount, currency, refundHold: refunded } = payment;
      throw new PaymentMismatch(payment.id, {
        payment: { status, amount, currency, refunded },
        order: { amount: order.totalAmount, currency: order.currency },
      });
    }
    return this.payments.update(tx, { ...payment, orderId: order.id }, null);
  }
}

function soldOrder(sale: Sale): OrderView {
  if (sale.kind === 'short') throw insufficientStock(sale.shortages, sale.items);
  return sale.order;
}

/** Whether a payment is exactly the money of an order. What went back of it, or is about to, cannot pay for anything. */
function pays({ status, capturedAmount, currency, refundHold }: Payment, order: Order): boolean {
  const whole = status === 'succeeded' && refundHold === 0;
  return whole && capturedAmount === order.totalAmount && currency === order.currency;
}
