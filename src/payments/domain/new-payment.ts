import type { OrderId, PaymentId } from '../../kernel/id.js';
import { checkAt, type Payment } from './payment.js';

export interface NewPayment {
  readonly id: PaymentId;
  readonly orderId: OrderId | null;
  readonly customerId: string;
  readonly provider: 'stripe' | 'manual';
  readonly status: Payment['status'];
  readonly amount: number;
  readonly currency: string;
  readonly capturedAmount: number;
  readonly creationKey: string | null;
  /** Seconds until a job looks after it, should nobody come back; null: never. */
  readonly checkInSeconds: number | null;
}

/** The first state of a payment. */
export function openPayment({ creationKey: _key, checkInSeconds, ...decided }: NewPayment, at: Date): Payment {
  return {
    ...decided,
    refundHold: 0,
    providerPaymentId: null,
    declineCode: null,
    lastFactAt: null,
    nextCheckAt: checkAt(checkInSeconds, at),
    checks: 0,
    createdAt: at,
    updatedAt: at,
  };
}
