import type { Payment, PaymentAttempt, PaymentState } from './payment.js';
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

/** A try at the payment that we know of and that had not ended. */
const UNDER_WAY: ReadonlySet<PaymentState> = new Set(['processing', 'requires_action', 'authorized']);

/**
 * The payment as a fact leaves it, or undefined where the fact is old news. Facts of one intent are ordered by event time,
 * which has whole seconds, so that on a tie the later state wins; a final state is never left again. `open` is the call to
 * the provider whose answer is still awaited.
 */
export function withFact(payment: Payment, fact: PaymentFact, open?: PaymentAttempt): Payment | undefined {
  if (FINAL.has(payment.status) || isOldNews(payment, fact, open)) return undefined;
  return {
    ...payment,
    status: STATE_OF[fact.kind],
    providerPaymentId: payment.providerPaymentId ?? fact.providerPaymentId,
    capturedAmount: fact.capturedAmount,
    declineCode: fact.kind === 'failed' ? fact.declineCode : null,
    lastFactAt: later(payment.lastFactAt, fact.occurredAt),
  };
}

/**
 * An intent tells of its last decline, and when that charge was begun. For a try that the network worked on for days, or
 * that the buyer's bank refused, this lies before what we know; but a try that was under way and no longer is has failed.
 */
function isOldNews(payment: Payment, fact: PaymentFact, open: PaymentAttempt | undefined): boolean {
  if (FINAL.has(STATE_OF[fact.kind]) || payment.lastFactAt === null) return false;
  const endsTry = fact.kind === 'failed' && UNDER_WAY.has(payment.status) && open === undefined;
  return !endsTry && fact.occurredAt < payment.lastFactAt;
}

function later(known: Date | null, told: Date): Date {
  return known !== null && known > told ? known : told;
}

/** Whether nothing more is expected of a payment by itself. A declined intent stays open for another try of the buyer. */
export function isAtRest(payment: Payment): boolean {
  return FINAL.has(payment.status) || payment.status === 'failed';
}

/** Whether money may be moving, or is held, at this moment: nothing else may be tried meanwhile. */
export function isMoving(payment: Payment): boolean {
  return payment.status === 'processing' || payment.status === 'authorized';
}
