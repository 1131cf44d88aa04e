import { errorAnswer, type Answer } from '../actions/answer.js';
import { StripeApiError } from '../domain/stripe-error.js';
import type { FaultKind, FaultRule } from '../faults.js';
import { keyInUse } from './idempotency.js';

/** What to do with the connection: answer, never answer, or break it. */
export type Reaction =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** JSON text. */
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

type Struck = ReadonlyMap<FaultKind, FaultRule>;

export function answerWith(answer: Answer, headers: Readonly<Record<string, string>> = {}): Reaction {
  return { kind: 'answer', status: answer.status, body: JSON.stringify(answer.body), headers };
}

export function unknownError(status: number): Answer {
  return errorAnswer(status, { type: 'api_error', message: 'An unknown error occurred.' });
}

/** Faults that strike before anything is read of the account: nothing happens and nothing is remembered. */
export function reactBefore(struck: Struck, idempotencyKey: string): Reaction | undefined {
  if (struck.has('hang_before')) return { kind: 'hang' };
  const failure = struck.get('error_before');
  if (failure !== undefined) return answerWith(unknownError(failure.status), { 'stripe-should-retry': 'true' });
  if (struck.has('conflict')) throw keyInUse(idempotencyKey);
  if (!struck.has('rate_limit')) return undefined;
  throw new StripeApiError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.',
  });
}

/** Faults that strike after the work was done and journaled. */
export function reactAfter(struck: Struck, reaction: Reaction): Reaction {
  if (struck.has('hang_after')) return { kind: 'hang' };
  if (struck.has('reset_after')) return { kind: 'reset' };
  const failure = struck.get('error_after');
  if (failure === undefined || reaction.kind !== 'answer') return reaction;
  // The SDK retries a 5xx unless told not to; a retry of a remembered error would only read the same error again.
  return { ...reaction, headers: { ...reaction.headers, 'stripe-should-retry': String(failure.replay === 'result') } };
}
