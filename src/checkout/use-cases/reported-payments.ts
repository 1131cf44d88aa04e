import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { isId, type OrderId, type PaymentId } from '../../kernel/id.js';
import { type Order, OrdersFacade } from '../../orders/index.js';
import { type Payment, type PaymentFact, PaymentsFacade } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import { EndOrder } from './end-order.js';
import { type PaymentFactOutcome, PaymentFacts } from './payment-facts.js';

interface Reported {
  readonly orderId: OrderId;
  /** Our payment, the provider's, or what another system calls the money it took; null: the order's only payment. */
  readonly transactionId: string | null;
  /** To the second. */
  readonly occurredAt: Date;
}

/** What a trusted system tells of the money of an order. The amount is in minor units. */
export type PaymentReport = Reported &
  (
    | { readonly kind: 'succeeded'; readonly money: { readonly amount: number; readonly currency: string } }
    | { readonly kind: 'failed'; readonly declineCode: string | null }
  );

/**
 * Reports name an order and not an intent. About a payment of ours they are facts like a webhook's. About a `manual` order,
 * whose money is taken outside, they are how we hear of a payment at all: it is written down and settled by the same code.
 */
@Injectable()
export class ReportedPayments {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly endOrder: EndOrder,
    private readonly facts: PaymentFacts,
  ) {}

  /** Works in the caller's transaction. Throws where the payment is known and belongs to something else. */
  async apply(tx: Tx, actor: Actor, report: PaymentReport): Promise<PaymentFactOutcome> {
    const order = await this.lock(tx, report);
    if (!order) return 'unknown_payment';
    const payment = await this.findPayment(tx, order, report);
    if (payment) return this.tell(tx, actor, report, payment);
    if (order.provider === 'stripe') return 'unknown_payment';
    return isRecorded(order, report) ? 'old_news' : this.tell(tx, actor, report, await this.takeDown(tx, order));
  }

  /** A failure may give the cart back, whose lock stands before the order's. */
  private async lock(tx: Tx, { orderId, kind }: PaymentReport): Promise<Order | undefined> {
    const found = await this.orders.find(tx, orderId);
    if (!found) return undefined;
    if (kind === 'failed') await this.endOrder.lockCart(tx, found.customerId);
    return this.orders.lock(tx, orderId, null);
  }

  /** Under the lock of the order, so that two reports of one payment find the same. */
  private async findPayment(tx: Tx, order: Order, { transactionId }: PaymentReport): Promise<Payment | undefined> {
    if (transactionId === null) return this.payments.lockForOrder(tx, order.id);
    const payment = isId('pay', transactionId)
      ? await this.payments.find(tx, transactionId)
      : await this.payments.findByProviderId(tx, transactionId);
    if (payment && payment.orderId !== order.id) throw new ReportContradicts(order.id, payment.id);
    return payment;
  }

  /** Money that we never asked for: only now there is something that the report can be about. */
  private takeDown(tx: Tx, { id: orderId, customerId, totalAmount: amount, currency }: Order): Promise<Payment> {
    return this.payments.expectOutside(tx, { orderId, customerId, amount, currency, creationKey: null });
  }

  /** Of an intent that the answer to our call has not told us of yet nothing can be booked. It will be known soon. */
  private async tell(tx: Tx, actor: Actor, report: PaymentReport, payment: Payment): Promise<PaymentFactOutcome> {
    if (payment.provider === 'stripe' && payment.providerPaymentId === null) return 'unknown_payment';
    return this.facts.applyTo(tx, actor, payment, factOf(report, payment));
  }
}

/** A person or a service has written the same money down by hand. */
function isRecorded(order: Order, { transactionId }: PaymentReport): boolean {
  return order.paymentTransactionId !== null && order.paymentTransactionId === transactionId;
}

function factOf(report: PaymentReport, payment: Payment): PaymentFact {
  const { amount, currency } = payment;
  const common = {
    providerPaymentId: payment.providerPaymentId ?? report.transactionId ?? report.orderId,
    amount,
    occurredAt: report.occurredAt,
  };
  if (report.kind === 'failed') {
    return { ...common, kind: 'failed', capturedAmount: 0, currency, declineCode: report.declineCode };
  }
  const { money } = report;
  return { ...common, kind: 'succeeded', capturedAmount: money.amount, currency: money.currency, declineCode: null };
}

/** Two things that one report says cannot both be true; saying it again makes it no better. */
class ReportContradicts extends Error {
  constructor(orderId: OrderId, paymentId: PaymentId) {
    super(`payment ${paymentId} is not one of order ${orderId}`);
    this.name = 'ReportContradicts';
  }
}
