import type { FactKind, GatewayAnswer } from '../domain/payment-fact.js';
import type { PaymentAttempt } from '../domain/payment.js';
import { refused, wholeSeconds } from './stripe-answer.js';

/** An attempt that was sent before, sent again, and whose outcome is still not known. */
export interface UnheardAttempt {
  readonly attempt: PaymentAttempt;
  readonly answer: GatewayAnswer;
  /** Whether the provider gave the same answer as before: the request is over, and nothing more will come of it. */
  readonly isOver: boolean;
}

/** What a call that went through leaves behind, and one that did not never does. */
const WENT_THROUGH: ReadonlySet<FactKind> = new Set([
  'succeeded',
  'processing',
  'requires_action',
  'authorized',
  'canceled',
]);

const ENDED: ReadonlySet<FactKind> = new Set(['succeeded', 'canceled']);

/** An intent that is to be given up or captured may be in any state before: its end alone shows that the call went through. */
function worksOnHeldMoney({ action }: PaymentAttempt): boolean {
  return action === 'cancel' || action === 'capture';
}

/**
 * What the intent says about such an attempt. `seen` is `none` where the attempt made no intent up to now. While the
 * request may still be carried out, neither a missing intent nor one without money means anything.
 */
export function concludeUnheard(
  { attempt, answer, isOver }: UnheardAttempt,
  seen: GatewayAnswer | 'none',
  asOf: Date,
): GatewayAnswer {
  const tells = worksOnHeldMoney(attempt) ? ENDED : WENT_THROUGH;
  if (seen !== 'none' && (seen.kind === 'unknown' || tells.has(seen.fact.kind))) return seen;
  // An intent that could not be given up may still be paid: there only its end is an answer.
  if (!isOver || attempt.action === 'cancel') return answer;
  if (seen === 'none') return refused({ asOf });
  // Its last decline may be older than the attempt; that the attempt brought nothing is known only now.
  return { ...seen, fact: { ...seen.fact, occurredAt: wholeSeconds(asOf) } };
}
