import type Stripe from 'stripe';
import { newId } from './ids.js';
import type { Charge, Refund, RefundStatus } from './records.js';

export interface RefundTerms {
  /** Minor units. */
  readonly amount: number;
  readonly reason: string | null;
  readonly metadata: Stripe.Metadata;
  readonly status: RefundStatus;
}

/** `created` is in Unix seconds. */
export function newRefund(charge: Charge, terms: RefundTerms, created: number): Refund {
  return {
    id: newId('re'),
    object: 'refund',
    amount: terms.amount,
    balance_transaction: null,
    charge: charge.id,
    created,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { type: 'card', card: { type: 'refund' } },
    metadata: terms.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: terms.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: terms.status,
    transfer_reversal: null,
    ...(terms.status === 'pending' ? { pending_reason: 'processing' } : {}),
  };
}

/** Statuses in which the refund holds its amount of the charge. */
export function isLive(status: RefundStatus): boolean {
  return status !== 'failed' && status !== 'canceled';
}

/** The charge with `delta` minor units more, or fewer, given back. */
export function refundedBy(charge: Charge, delta: number): Charge {
  const amountRefunded = charge.amount_refunded + delta;
  return { ...charge, amount_refunded: amountRefunded, refunded: amountRefunded >= charge.amount_captured };
}
