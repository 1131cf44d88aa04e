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

const SECOND_MS = 1_000;

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
    // Of whatever currency it is: a refund of this money has to be in the same.
    currency: fact.kind === 'succeeded' ? fact.currency : payment.currency,
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

/**
 * What the provider says of an intent that it is asked about is how it stands now. Dates have whole seconds, so that it may
 * seem a second older than what we know. Only a decline keeps its date: an intent that waits for another card still tells
 * of the last one.
 */
export function asPresent(payment: Payment, fact: PaymentFact): PaymentFact {
  const { lastFactAt } = payment;
  if (fact.kind === 'failed' || lastFactAt === null) return fact;
  const seemsOlderByMs = lastFactAt.getTime() - fact.occurredAt.getTime();
  return seemsOlderByMs > 0 && seemsOlderByMs <= SECOND_MS ? { ...fact, occurredAt: lastFactAt } : fact;
}

function later(known: Date | null, told: Date): Date {
  return known !== null && known > told ? known : told;
}

/** Whether nothing more is expected of a payment by itself. A declined intent stays open for another try of the buyer. */
export function isAtRest(payment: Payment): boolean {
  return FINAL.has(payment.status) || payment.status === 'failed';
}

/** Whether money may be moving at this moment: nothing else may be tried meanwhile. */
export function isMoving(payment: Payment): boolean {
  return payment.status === 'processing';
}

/** Whether the bank holds the money for us, so that it can be captured or let go; another try would hold it twice. */
export function isAuthorized(payment: Payment): boolean {
  return payment.status === 'authorized';
}
