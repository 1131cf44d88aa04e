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

export function statusOf(fact: RefundFact): RefundStatus {
  return fact.status === 'requires_action' ? 'pending' : fact.status;
}

/** Seconds until a job has to look after a refund in this status; null: nothing is expected any more. */
export function recheckAfter(status: RefundStatus): number | null {
  return status === 'pending' ? PENDING_RECHECK_SECONDS : null;
}

/** The row of a refund that was made at the provider and not here. */
export function externalRefund(
  payment: { readonly id: PaymentId; readonly orderId: OrderId | null },
  fact: RefundFact,
) {
  const id: RefundId = newId('ref');
  const status = statusOf(fact);
  return {
    id,
    orderId: payment.orderId,
    paymentId: payment.id,
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
