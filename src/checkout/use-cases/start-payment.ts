import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { notePayment, type Order, OrdersFacade, requireTransition } from '../../orders/index.js';
import {
  isAuthorized,
  isMoving,
  type Payment,
  type PaymentAttempt,
  PaymentInProgress,
  PaymentProviderMismatch,
  PaymentsFacade,
} from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { NextCall } from './collect-payment.js';
import { insufficientStock } from './order-placement.js';
import { ReserveAnew } from './reserve-anew.js';

export interface PayOrderCommand {
  readonly actor: Actor;
  readonly customerId: string;
  readonly orderId: OrderId;
  /** Null where the client confirms the intent by itself. */
  readonly paymentMethod: string | null;
}

/** The first step of paying an order that exists: stock held, and the call that will be made written down. */
@Injectable()
export class StartPayment {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly reserveAnew: ReserveAnew,
  ) {}

  async execute(tx: Tx, command: PayOrderCommand): Promise<NextCall> {
    const order = await this.orders.lock(tx, command.orderId, command.customerId);
    requireTransition(order, 'paid');
    if (order.provider !== 'stripe') throw new PaymentProviderMismatch(order.id, order.provider);
    const payment = await this.findUsable(tx, order);
    if (payment) await this.requireRest(tx, payment, order);

    await this.noteStart(tx, command, order, await this.holdStock(tx, command.actor, order));
    if (payment && command.paymentMethod === null) {
      const handOver = await this.handOver(tx, order, payment);
      if (handOver) return handOver;
    }
    return { kind: 'send', attempt: await this.record(tx, order, payment, command.paymentMethod) };
  }

  /** Throws PaymentInProgress where a call is under way, the network still works on an earlier one, or a bank holds the money. */
  private async requireRest(tx: Tx, payment: Payment, order: Order): Promise<void> {
    const open = await this.payments.findOpenAttempt(tx, payment.id);
    if (open || isMoving(payment) || isAuthorized(payment)) throw new PaymentInProgress(order.id);
  }

  /** Leaves an open intent to the client, who needs its secret. */
  private async handOver(tx: Tx, order: Order, payment: Payment): Promise<NextCall | undefined> {
    if (payment.providerPaymentId === null) return undefined;
    await this.payments.reopen(tx, payment, this.config.RECONCILE_AFTER_SECONDS);
    return { kind: 'look', paymentId: payment.id, orderId: order.id, intentId: payment.providerPaymentId };
  }

  /** The payment whose intent can still be used; a cancelled intent is dead, and the next try needs a new one. */
  private async findUsable(tx: Tx, order: Order): Promise<Payment | undefined> {
    const payment = await this.payments.lockForOrder(tx, order.id);
    return payment?.status === 'canceled' ? undefined : payment;
  }

  /** A decline gave the stock back; this reserves it anew. Whoever still holds his reservation keeps it. */
  private async holdStock(tx: Tx, actor: Actor, order: Order): Promise<Date | undefined> {
    if (order.reservationExpiresAt !== null) return undefined;
    const held = await this.reserveAnew.execute(tx, actor, order, this.config.RESERVATION_TTL_SECONDS);
    if (held.kind === 'short') throw insufficientStock(held.shortages, held.items);
    return held.expiresAt;
  }

  private async noteStart(tx: Tx, command: PayOrderCommand, order: Order, held: Date | undefined): Promise<void> {
    const status = command.paymentMethod === null ? 'unpaid' : 'processing';
    const waits = command.paymentMethod === null && order.paymentStatus === 'requires_action';
    if (held === undefined && (waits || order.paymentStatus === status)) return;
    await this.orders.apply(tx, command.actor, order, notePayment(status, held));
  }

  private record(tx: Tx, order: Order, payment: Payment | undefined, method: string | null): Promise<PaymentAttempt> {
    if (payment) return this.payments.again(tx, payment, method);
    const { id: orderId, customerId, totalAmount: amount, currency } = order;
    return this.payments.open(tx, { orderId, customerId, amount, currency, creationKey: null }, method);
  }
}
