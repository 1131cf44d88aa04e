import type { OrderId, OrderItemId, PaymentId, RefundId } from '../../kernel/id.js';
import type { RefundStatus } from './refund-state.js';

export interface RefundItem {
  readonly orderItemId: OrderItemId;
  readonly quantity: number;
}

/** Money on its way back to the buyer. `amount` is minor units of `currency`. */
export interface Refund {
  readonly id: RefundId;
  /** Null for a standalone payment that never found its order. */
  readonly orderId: OrderId | null;
  readonly paymentId: PaymentId;
  readonly amount: number;
  readonly currency: string;
  readonly status: RefundStatus;
  readonly reason: string | null;
  /** Whether the items go back on the shelf once the money is back. */
  readonly restock: boolean;
  /** Made at Stripe, not here: booked, never restocked. */
  readonly external: boolean;
  readonly providerRefundId: string | null;
  readonly failureCode: string | null;
  readonly round: number;
  /** Starts at 1 and rises by 1 with each change of the status; each has one event. */
  readonly version: number;
  readonly submittedAt: Date | null;
  readonly lastFactAt: Date | null;
  readonly checks: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewRefund = Pick<
  Refund,
  | 'id'
  | 'orderId'
  | 'paymentId'
  | 'amount'
  | 'currency'
  | 'status'
  | 'reason'
  | 'restock'
  | 'external'
  | 'providerRefundId'
  | 'lastFactAt'
> & { readonly checkInSeconds: number | null };

/** The first state of a refund. */
export function openRefund({ checkInSeconds: _check, ...decided }: NewRefund, at: Date): Refund {
  return {
    ...decided,
    failureCode: null,
    round: 1,
    version: 1,
    submittedAt: null,
    checks: 0,
    createdAt: at,
    updatedAt: at,
  };
}

/** What the provider says of one refund, wherever we heard it. */
export interface RefundFact {
  /** Our id, where the refund carries it: then it is one of ours. */
  readonly refundId: string | null;
  /** Null only where the provider refused before it made a refund. */
  readonly providerRefundId: string | null;
  readonly providerPaymentId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled' | 'requires_action';
  readonly failureCode: string | null;
  readonly reason: string | null;
  /** The round of ours that made it; null where it is not ours. */
  readonly round: number | null;
  readonly occurredAt: Date;
}
