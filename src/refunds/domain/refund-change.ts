import { newId, type OrderId, type PaymentId, type RefundId } from '../../kernel/id.js';
import type { Refund, RefundFact } from './refund.js';
import { isLive, refundMachine, type RefundStatus } from './refund-state.js';

/** When a refund that the bank still works on is asked for again, should no webhook tell. */
const PENDING_RECHECK_SECONDS = 300;

/**
 * The refund as a fact leaves it, or undefined where the fact is old news: about an earlier round of ours, or about a state
 * that it has left already.
 */
export function withFact(refund: Refund, fact: RefundFact): Refund | undefined {
  const status = statusOf(fact);
  const otherRound = !refund.external && fact.round !== null && fact.round !== refund.round;
  if (otherRound || !refundMachine.allows(refund.status, status)) return undefined;
  return {
    ...refund,
    status,
    providerRefundId: refund.providerRefundId ?? fact.providerRefundId,
    failureCode: isLive(status) ? null : fact.failureCode,
    lastFactAt: fact.occurredAt,
    checks: 0,
  };
}

/**
 * Whether a fact bears the name of this refund and is about another one at the provider all the same: somebody copied the
 * metadata, or a call took effect twice. That money is gone as well.
 */
export function isOfAnother(refund: Refund, { providerRefundId, round }: RefundFact): boolean {
  const known = refund.providerRefundId;
  return known !== null && providerRefundId !== null && providerRefundId !== known && round === refund.round;
}

/**
 * `book` the money went back · `take_back` it came back again · `ask_person` somebody counts on money that does not go ·
 * `nothing` the order does not care.
 */
export type RefundConsequence = 'book' | 'take_back' | 'ask_person' | 'nothing';

/**
 * What a new status of a refund means for the order of its payment. News come in any order, so a refund of ours that the
 * provider took and that fails asks for a person whether or not we heard of a success before. One that was refused outright
 * leaves a sold order as it is; money of a cancelled one must not stay unnoticed.
 */
export function consequenceOf(before: Refund, after: Refund, order: { readonly status: string }): RefundConsequence {
  const dead = !isLive(after.status);
  if (after.orderId === null) return dead ? 'ask_person' : 'nothing';
  if (after.status === 'succeeded') return 'book';
  if (!dead) return 'nothing';
  if (before.status === 'succeeded') return 'take_back';
  const counted = !after.external && (after.providerRefundId !== null || order.status === 'cancelled');
  return counted ? 'ask_person' : 'nothing';
}

export function statusOf(fact: RefundFact): RefundStatus {
  return fact.status === 'requires_action' ? 'pending' : fact.status;
}

/**
 * Whether a refund of ours that came to nothing can be begun anew. One of a payment that belonged to no order cannot any more
 * once an order was paid with it: that order would lose its money without knowing.
 */
export function isRetryable(
  refund: Refund,
  payment: { readonly id: string; readonly orderId: string | null },
  order: { readonly paymentTransactionId: string | null } | null,
): boolean {
  const belongs = payment.orderId !== null && (order === null || order.paymentTransactionId === payment.id);
  const usedSince = refund.orderId === null && belongs;
  return !isLive(refund.status) && !refund.external && !usedSince;
}

/** Seconds until a job has to look after a refund in this status; null: nothing is expected any more. */
export function recheckAfter(status: RefundStatus): number | null {
  return status === 'pending' ? PENDING_RECHECK_SECONDS : null;
}

/**
 * What is true of a refund that was sent so long ago that it cannot be sent again, and that the provider does not have. Its
 * money is still here, and it can be begun anew in another round.
 */
export function neverArrived(refund: Refund, occurredAt: Date): RefundFact {
  return {
    refundId: refund.id,
    providerRefundId: null,
    providerPaymentId: null,
    amount: refund.amount,
    currency: refund.currency,
    status: 'failed',
    failureCode: 'never_arrived',
    reason: null,
    round: refund.round,
    occurredAt,
  };
}

/** The row of a refund that was made at the provider and not here. */
export function externalRefund(paymentId: PaymentId, orderId: OrderId | null, fact: RefundFact) {
  const id: RefundId = newId('ref');
  const status = statusOf(fact);
  return {
    id,
    orderId,
    paymentId,
    amount: fact.amount,
    currency: fact.currency,
    status,
    reason: fact.reason,
    restock: false,
    external: true,
    providerRefundId: fact.providerRefundId,
    lastFactAt: fact.occurredAt,
    checkInSeconds: recheckAfter(status),
  };
}
