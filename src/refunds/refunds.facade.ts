import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { newId, type OrderId } from '../kernel/id.js';
import type { SystemReason } from '../kernel/system-reason.js';
import { type Order, OrdersFacade } from '../orders/index.js';
import { type Payment, PaymentsFacade } from '../payments/index.js';
import { inOnePacket, type Tx } from '../platform/database/index.js';
import { OrderNotPaid, RefundExceedsCaptured, RefundNotRetryable } from './domain/refund.errors.js';
import type { Refund } from './domain/refund.js';
import { isRetryable } from './domain/refund-change.js';
import {
  planRefund,
  type RefundableItem,
  type RefundPlan,
  type RefundRequest,
  requireLeft,
} from './domain/refund-plan.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { RefundBooking } from './refund-booking.facade.js';
import { RefundRecord } from './refund-record.js';

export interface NewRefundRequest extends RefundRequest {
  readonly reason: string | null;
  readonly restock: boolean;
}

/** Captured money, and the order that it was for, if any; both locked. */
export interface Paid {
  readonly payment: Payment;
  readonly order: Order | null;
}

/** What upper floors may do with refunds in their transaction. The order is locked by the caller, the payment here. */
@Injectable()
export class RefundsFacade {
  constructor(
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundRepository,
    private readonly record: RefundRecord,
    private readonly booking: RefundBooking,
  ) {}

  /** Promises money back: the cap is held from now on, the money moves later. Throws where there is not that much left. */
  async request(tx: Tx, actor: Actor, order: Order, request: NewRefundRequest): Promise<Refund> {
    const payment = await this.payments.lockForOrder(tx, order.id);
    if (payment?.status !== 'succeeded') throw new OrderNotPaid(order.id, order.status);
    const refundable = payment.capturedAmount - payment.refundHold;
    const money = { orderId: order.id, status: order.status, refundable };
    const plan = planRefund(request, await this.findRefundable(tx, order.id), money);
    return this.begin(tx, actor, { payment, order }, { ...plan, reason: request.reason, restock: request.restock });
  }

  /** Whether all that was captured of a locked order is promised to refunds already: nothing more can be asked for. */
  async isPromised(tx: Tx, orderId: OrderId): Promise<boolean> {
    const payment = await this.payments.lockForOrder(tx, orderId);
    return payment?.status === 'succeeded' && payment.refundHold >= payment.capturedAmount;
  }

  /** Gives all of a payment back that bought nothing: it came too late, or never found its order. */
  returnUnused(tx: Tx, actor: Actor, { payment, order }: Paid, reason: SystemReason): Promise<Refund> {
    const amount = payment.capturedAmount - payment.refundHold;
    if (amount <= 0) throw new OrderNotPaid(order?.id ?? payment.id, order?.status ?? payment.status);
    return this.begin(tx, actor, { payment, order }, { amount, items: [], reason, restock: false });
  }

  /**
   * Begins a failed refund of ours anew. Throws where it cannot be, or where its money or its units were given back another
   * way meanwhile.
   */
  async retry(tx: Tx, actor: Actor, refund: Refund, { payment, order }: Paid): Promise<Refund> {
    if (!isRetryable(refund, payment, order)) throw new RefundNotRetryable(refund.id, refund.status);
    const left = payment.capturedAmount - payment.refundHold;
    if (refund.amount > left) throw new RefundExceedsCaptured(refund.amount, left);
    const items = await this.refunds.findItems(tx, refund.id);
    if (order) requireLeft(items, await this.findRefundable(tx, order.id));
    await this.payments.hold(tx, payment.id, refund.amount);
    const round = refund.round + 1;
    const fresh = { status: 'requested', providerRefundId: null, failureCode: null, submittedAt: null } as const;
    return this.record.move(tx, actor, { ...refund, ...fresh, round, lastFactAt: null, checks: 0 }, 0);
  }

  private async findRefundable(tx: Tx, orderId: OrderId): Promise<RefundableItem[]> {
    const [units, items] = await inOnePacket(
      this.refunds.findHeldUnits(tx, orderId),
      this.orders.findItems(tx, orderId),
    );
    const held = new Map(units.map((unit) => [unit.orderItemId, unit.quantity]));
    return items.map((item) => ({ ...item, held: held.get(item.id) ?? 0 }));
  }

  private async begin(
    tx: Tx,
    actor: Actor,
    { payment, order }: Paid,
    plan: RefundPlan & { readonly reason: string | null; readonly restock: boolean },
  ): Promise<Refund> {
    await this.payments.hold(tx, payment.id, plan.amount);
    const outside = payment.provider === 'manual';
    const refund = await this.record.open(
      tx,
      actor,
      {
        id: newId('ref'),
        orderId: order?.id ?? null,
        paymentId: payment.id,
        amount: plan.amount,
        currency: payment.currency,
        status: outside ? 'succeeded' : 'requested',
        reason: plan.reason,
        restock: plan.restock,
        external: false,
        providerRefundId: null,
        lastFactAt: null,
        checkInSeconds: outside ? null : 0,
      },
      plan.items,
    );
    if (outside && order) await this.booking.succeeded(tx, actor, { order, payment, refund });
    return refund;
  }
}
