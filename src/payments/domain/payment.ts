import type { OrderId, PaymentAttemptId, PaymentId } from '../../kernel/id.js';

export const PAYMENT_STATES = [
  /** An intent is open and waits for a payment method or for the client to confirm. */
  'pending',
  /** Something was sent whose outcome is not known yet. */
  'processing',
  'requires_action',
  'authorized',
  'succeeded',
  /** Declined. The intent stays open at the provider and may be confirmed again with another card. */
  'failed',
  'canceled',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** One way to collect the money of one order: a PaymentIntent at Stripe, or a receipt outside of it. */
export interface Payment {
  readonly id: PaymentId;
  readonly orderId: OrderId | null;
  readonly customerId: string;
  readonly provider: 'stripe' | 'manual';
  readonly status: PaymentState;
  readonly amount: number;
  readonly currency: string;
  readonly capturedAmount: number;
  readonly refundHold: number;
  readonly providerPaymentId: string | null;
  readonly declineCode: string | null;
  readonly lastFactAt: Date | null;
  readonly nextCheckAt: Date | null;
  readonly checks: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A payment after a change that is made now. `checkInSeconds` null ends the looking after it. */
export function updatedPayment(payment: Payment, checkInSeconds: number | null, at: Date): Payment {
  return { ...payment, nextCheckAt: checkAt(checkInSeconds, at), updatedAt: at };
}

/** When a job looks after a payment. */
export function checkAt(checkInSeconds: number | null, now: Date): Date | null {
  return checkInSeconds === null ? null : new Date(now.getTime() + checkInSeconds * 1_000);
}

export type AttemptAction = 'create' | 'confirm' | 'cancel' | 'capture';

/** What is sent to the provider, kept word for word: a repeat after a crash must be the identical request. */
export interface AttemptRequest {
  readonly amount: number;
  readonly currency: string;
  readonly paymentId: PaymentId;
  readonly orderId: OrderId | null;
  readonly providerPaymentId: string | null;
  readonly paymentMethod: string | null;
  /** Why the order is given up, for a `cancel`; not sent, but needed by whoever finishes the cancellation. */
  readonly cancelReason: string | null;
  /** Of a `create` whose money is only to be held until somebody captures it; otherwise it is captured at once. */
  readonly captureMethod?: 'manual';
  /** The provider's idempotency key, where that is not the attempt's own id. */
  readonly key?: string;
}

/** One call to the provider, recorded before it is made. Its id is the provider's idempotency key, unless it has a key. */
export interface PaymentAttempt {
  readonly id: PaymentAttemptId;
  readonly paymentId: PaymentId;
  readonly action: AttemptAction;
  readonly request: AttemptRequest;
  readonly outcome: 'unknown' | 'accepted' | 'declined' | 'rejected';
  readonly createdAt: Date;
}
