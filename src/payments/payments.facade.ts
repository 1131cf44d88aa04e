import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '../kernel/clock.js';
import { newId, type OrderId, type PaymentId } from '../kernel/id.js';
import { CONFIG, type Config } from '../platform/config/index.js';
import type { Question, Tx } from '../platform/database/index.js';
import type { NewPayment } from './domain/new-payment.js';
import type { AttemptRequest, Payment, PaymentAttempt } from './domain/payment.js';
import { PaymentNotFound } from './domain/payment.errors.js';
import { PaymentAttemptRepository } from './persistence/payment-attempt.repository.js';
import { PaymentRepository } from './persistence/payment.repository.js';

/** When a job looks after a call whose caller never came back: later than the slowest call. */
export const CALL_LEASE_SECONDS = 20;

export interface PaymentOpening {
  readonly orderId: OrderId | null;
  readonly customerId: string;
  readonly amount: number;
  readonly currency: string;
  readonly creationKey: string | null;
}

/** What upper floors may do with payments in their transaction. */
@Injectable()
export class PaymentsFacade {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly payments: PaymentRepository,
    private readonly attempts: PaymentAttemptRepository,
  ) {}

  /** Records the intention to ask Stripe for money: the payment, and the exact call that will be made for it. */
  async open(tx: Tx, opening: PaymentOpening, paymentMethod: string | null): Promise<PaymentAttempt> {
    const payment = await this.payments.insert(tx, {
      ...opening,
      id: newId('pay'),
      provider: 'stripe',
      status: 'processing',
      capturedAmount: 0,
      checkInSeconds: CALL_LEASE_SECONDS,
    });
    return this.attempts.insert(tx, payment.id, 'create', this.creationOf(payment, paymentMethod));
  }

  /** Records one more try at a payment that this transaction holds locked. */
  async again(tx: Tx, payment: Payment, paymentMethod: string | null): Promise<PaymentAttempt> {
    // Whatever the provider says about an earlier call from now on is old news.
    const lastFactAt = new Date(Math.floor(systemClock.now().getTime() / 1_000) * 1_000);
    await this.payments.update(tx, { ...payment, status: 'processing', lastFactAt, checks: 0 }, CALL_LEASE_SECONDS);
    if (payment.providerPaymentId === null) {
      return this.attempts.insert(tx, payment.id, 'create', this.creationOf(payment, paymentMethod));
    }
    return this.attempts.insert(tx, payment.id, 'confirm', requestFor(payment, { paymentMethod }));
  }

  /** Leaves a locked payment to the client, who confirms its intent himself. A decline from before counts no more. */
  reopen(tx: Tx, payment: Payment, checkInSeconds: number): Promise<Payment> {
    const status = payment.status === 'failed' ? 'pending' : payment.status;
    const lastFactAt = new Date(Math.ceil(systemClock.now().getTime() / 1_000) * 1_000);
    return this.payments.update(tx, { ...payment, status, declineCode: null, lastFactAt, checks: 0 }, checkInSeconds);
  }

  /** Records that the intent of a locked payment is to be given up, before the provider is told. */
  async giveUp(tx: Tx, payment: Payment, cancelReason: string | null): Promise<PaymentAttempt> {
    await this.payments.update(tx, payment, CALL_LEASE_SECONDS);
    return this.attempts.insert(tx, payment.id, 'cancel', requestFor(payment, { cancelReason }));
  }

  /**
   * Records that the money of a locked, authorized payment is to be captured, before the provider is told. The key is the
   * same for every repeat; only once the provider has definitely not captured does another try get another one.
   */
  async capture(tx: Tx, payment: Payment): Promise<PaymentAttempt> {
    await this.payments.update(tx, { ...payment, checks: 0 }, CALL_LEASE_SECONDS);
    const earlier = await this.attempts.countCaptures(tx, payment.id);
    const key = `capture:${payment.id}${earlier === 0 ? '' : `:${earlier + 1}`}`;
    return this.attempts.insert(tx, payment.id, 'capture', { ...requestFor(payment, {}), key });
  }

  /** Writes down money that was taken outside of Stripe. */
  recordOutside(tx: Tx, payment: Omit<NewPayment, 'id' | 'provider' | 'status' | 'checkInSeconds'>): Promise<Payment> {
    return this.payments.insert(tx, {
      ...payment,
      id: newId('pay'),
      provider: 'manual',
      status: 'succeeded',
      checkInSeconds: null,
    });
  }

  /** Writes down that money is said to be taken outside of Stripe, before the fact about it is applied. */
  expectOutside(tx: Tx, opening: PaymentOpening): Promise<Payment> {
    return this.payments.insert(tx, {
      ...opening,
      id: newId('pay'),
      provider: 'manual',
      status: 'pending',
      capturedAmount: 0,
      checkInSeconds: null,
    });
  }

  /** A payment as it is, without a lock: only to learn which order has to be locked first. */
  find(tx: Tx, id: PaymentId): Promise<Payment | undefined> {
    return this.payments.find(tx, id);
  }

  /** Locks a payment. Throws PaymentNotFound. */
  async lock(tx: Tx, id: PaymentId): Promise<Payment> {
    const payment = await this.payments.lock(tx, id);
    if (!payment) throw new PaymentNotFound(id);
    return payment;
  }

  /** Money that came although another payment had paid the order: the buyer has to get it back. */
  lockSurplus(tx: Tx, orderId: OrderId): Promise<Payment | undefined> {
    return this.payments.lockSurplus(tx, orderId);
  }

  /** All that was ever taken for an order, in minor units, whatever went back since. */
  sumCaptured(tx: Tx, orderId: OrderId): Promise<number> {
    return this.payments.sumCaptured(tx, orderId);
  }

  /** The payment of an order that is under way or done, if any. Asking locks it. */
  askLive(orderId: OrderId): Question<Pick<Payment, 'id' | 'status'>> {
    return this.payments.askLive(orderId);
  }

  /** Which of these orders have a payment, however it stands. Ask with the orders locked. */
  askOrders(orderIds: readonly OrderId[]): Question<{ readonly orderId: OrderId }> {
    return this.payments.askOrders(orderIds);
  }

  lockForOrder(tx: Tx, orderId: OrderId): Promise<Payment | undefined> {
    return this.payments.lockForOrder(tx, orderId);
  }

  /** The same as {@link find}, by what the provider calls it. */
  findByProviderId(tx: Tx, providerPaymentId: string): Promise<Payment | undefined> {
    return this.payments.findByProviderId(tx, providerPaymentId);
  }

  /** The same for many. */
  findAllByProviderId(tx: Tx, providerPaymentIds: readonly string[]): Promise<Payment[]> {
    return this.payments.findAllByProviderId(tx, providerPaymentIds);
  }

  /** Locks those of these payments that nobody else works on. */
  lockFree(tx: Tx, ids: readonly PaymentId[]): Promise<Payment[]> {
    return this.payments.lockFree(tx, ids);
  }

  /** Holds (or, with a negative amount, gives back) a part of what was captured of a locked payment, for a refund. */
  hold(tx: Tx, id: PaymentId, amount: number): Promise<void> {
    return this.payments.hold(tx, id, amount);
  }

  findOpenAttempt(tx: Tx, id: PaymentId): Promise<PaymentAttempt | undefined> {
    return this.attempts.findOpen(tx, id);
  }

  /** Which of these locked payments wait for the outcome of a call. */
  askWaiting(ids: readonly PaymentId[]): Question<{ readonly paymentId: PaymentId }> {
    return this.attempts.askWaiting(ids);
  }

  findLastAttempt(tx: Tx, id: PaymentId): Promise<PaymentAttempt | undefined> {
    return this.attempts.findLast(tx, id);
  }

  findIdByCreationKey(tx: Tx, creationKey: string): Promise<PaymentId | undefined> {
    return this.payments.findIdByCreationKey(tx, creationKey);
  }

  update(tx: Tx, payment: Payment, checkInSeconds: number | null): Promise<Payment> {
    return this.payments.update(tx, payment, checkInSeconds);
  }

  /** The same for many that are at rest from now on: nobody looks after them any more. */
  updateAllAtRest(tx: Tx, payments: readonly Payment[]): Promise<void> {
    return this.payments.updateAllAtRest(tx, payments);
  }

  closeAttempts(tx: Tx, id: PaymentId, outcome: PaymentAttempt['outcome'], error: string | null): Promise<void> {
    return this.attempts.close(tx, id, outcome, error);
  }

  takeDue(tx: Tx, limit: number): Promise<PaymentId[]> {
    return this.payments.takeDue(tx, limit, CALL_LEASE_SECONDS);
  }

  /** A standalone payment is charged at once whatever the orders do: nobody could capture it before it has its order. */
  private creationOf(payment: Payment, paymentMethod: string | null): AttemptRequest {
    const isHeld = payment.orderId !== null && this.config.STRIPE_CAPTURE_METHOD === 'manual';
    return { ...requestFor(payment, { paymentMethod }), ...(isHeld ? { captureMethod: 'manual' as const } : {}) };
  }
}

function requestFor(
  payment: Payment,
  what: { paymentMethod?: string | null; cancelReason?: string | null },
): AttemptRequest {
  return {
    amount: payment.amount,
    currency: payment.currency,
    paymentId: payment.id,
    orderId: payment.orderId,
    providerPaymentId: payment.providerPaymentId,
    paymentMethod: what.paymentMethod ?? null,
    cancelReason: what.cancelReason ?? null,
  };
}
