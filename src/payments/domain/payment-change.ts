import type { Payment, PaymentState } from './payment.js';
import type { FactKind, PaymentFact } from './payment-fact.js';

const STATE_OF: Readonly<Record<FactKind, PaymentState>> = {
  open: 'pending',
  processing: 'processing',
  requires_action: 'requires_action',
  authorized: 'authorized',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};

/** `succeeded` and `canceled` are the provider's last words about an intent. */
const FINAL: ReadonlySet<PaymentState> = new Set(['succeeded', 'canceled']);

/**
 * The payment as a fact leaves it, or undefined where the fact is old news. Facts of one intent are ordered by event time,
 * which has whole seconds, so that on a tie the later state wins; a final state is never left again.
 */
export function withFact(payment: Payment, fact: PaymentFact): Payment | undefined {
  if (FINAL.has(payment.status)) return undefined;
  const final = FINAL.has(STATE_OF[fact.kind]);
  if (!final && payment.lastFactAt !== null && fact.occurredAt < payment.lastFactAt) return undefined;
  return {
    ...payment,
    status: STATE_OF[fact.kind],
    providerPaymentId: payment.providerPaymentId ?? fact.providerPaymentId,
    capturedAmount: fact.capturedAmount,
    declineCode: fact.kind === 'failed' ? fact.declineCode : null,
    lastFactAt: fact.occurredAt,
  };
}

/** Whether money may be moving, or is held, at this moment: nothing else may be tried meanwhile. */
export function isMoving(payment: Payment): boolean {
  return payment.status === 'processing' || payment.status === 'authorized';
}
