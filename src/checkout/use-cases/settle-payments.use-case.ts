import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Actor, systemActor } from '../../kernel/actor.js';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import { notePayment, type Order, OrdersFacade } from '../../orders/index.js';
import { type Payment, type PaymentAttempt, PaymentsFacade, StandalonePayments } from '../../payments/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { CollectPayment } from './collect-payment.js';

const BATCH = 50;
/** As many as the queue's workers settle at a time: one provider that hangs does not hold up the rest for minutes. */
const AT_ONCE = 10;
/** Stripe forgets idempotency keys after 24 h. An hour before that a repeat could become a second charge. */
const RESEND_WITHIN_MS = 23 * 3_600_000;

type NextStep =
  | { readonly kind: 'send'; readonly attempt: PaymentAttempt }
  | { readonly kind: 'look'; readonly paymentId: PaymentId; readonly orderId: OrderId; readonly intentId: string }
  | { readonly kind: 'standalone'; readonly payment: Payment; readonly open: PaymentAttempt | undefined }
  | { readonly kind: 'nothing' };

/** Finishes what a crash, a time-out or a silent client left open between us and the payment provider. */
@Injectable()
export class SettlePayments {
  private readonly logger = new Logger(SettlePayments.name);

  constructor(
    private readonly database: Database,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly collect: CollectPayment,
    private readonly standalone: StandalonePayments,
  ) {}

  /**
   * Looks after every payment whose time has come, and answers how many those were. Told to stop, it begins no other: what it
   * has taken is soon due again.
   */
  async sweep(stop?: AbortSignal): Promise<number> {
    const due = await this.database.transaction((tx) => this.payments.takeDue(tx, BATCH));
    for (let next = 0; next < due.length && !stop?.aborted; next += AT_ONCE) {
      await Promise.all(due.slice(next, next + AT_ONCE).map((id) => this.settleSafely(id)));
    }
    return due.length;
  }

  /** Looks after one payment. Safe to call at any time, any number of times. */
  async settle(id: PaymentId): Promise<void> {
    const actor = systemActor('settlement', randomUUID());
    const step = await this.database.transaction((tx) => this.plan(tx, actor, id));
    switch (step.kind) {
      case 'send':
        return this.collect.sendAgain(actor, step.attempt);
      case 'look':
        return this.collect.look(actor, step, () => Promise.resolve());
      case 'standalone':
        return this.standalone.settle(step.payment, step.open);
      case 'nothing':
        return;
      default:
        return step satisfies never;
    }
  }

  /** One payment that cannot be settled must not keep the others waiting. */
  private async settleSafely(id: PaymentId): Promise<void> {
    try {
      await this.settle(id);
    } catch (error) {
      this.logger.error({ msg: 'payment_not_settled', payment_id: id, reason: String(error) });
    }
  }

  private async plan(tx: Tx, actor: Actor, id: PaymentId): Promise<NextStep> {
    const found = await this.payments.find(tx, id);
    if (!found) return { kind: 'nothing' };
    const order = found.orderId === null ? undefined : await this.orders.lock(tx, found.orderId, null);
    const payment = await this.payments.lock(tx, id);
    const open = await this.payments.findOpenAttempt(tx, id);
    if (!order) return { kind: 'standalone', payment, open };
    if (open && isTooOld(open)) return this.leaveToPerson(tx, actor, order, payment);
    if (open) return { kind: 'send', attempt: open };
    // Nobody can be asked about money that was taken outside.
    const intentId = payment.provider === 'stripe' ? payment.providerPaymentId : null;
    if (intentId === null) return { kind: 'nothing' };
    if (mustNotBePaid(order, payment)) return { kind: 'send', attempt: await this.payments.giveUp(tx, payment, null) };
    return { kind: 'look', paymentId: id, orderId: order.id, intentId };
  }

  /** Too old to repeat: whether money moved is for a person to find out. */
  private async leaveToPerson(tx: Tx, actor: Actor, order: Order, payment: Payment): Promise<NextStep> {
    await this.payments.update(tx, payment, null);
    if (order.paymentStatus !== 'review') await this.orders.apply(tx, actor, order, notePayment('review'));
    this.logger.error({ msg: 'payment_left_to_review', payment_id: payment.id, order_id: order.id });
    return { kind: 'nothing' };
  }
}

/** To capture or to give up an intent is done once, whatever keys are remembered: only a charge could be made twice. */
function isTooOld({ action, createdAt }: PaymentAttempt): boolean {
  const charges = action === 'create' || action === 'confirm';
  return charges && Date.now() - createdAt.getTime() > RESEND_WITHIN_MS;
}

/** An intent that is still open although its order is paid another way or given up. */
function mustNotBePaid(order: Order, payment: Payment): boolean {
  const waits = order.status === 'created' || order.status === 'payment_failed';
  return !waits && payment.status !== 'succeeded' && payment.status !== 'canceled';
}
