import { z } from 'zod';
import type { Account } from '../account.js';
import type { ActionContext, Answer } from '../actions/answer.js';
import { invalidRequest } from '../domain/stripe-error.js';
import type { Faults } from '../faults.js';
import { NO_REQUEST, type Transaction } from '../transaction.js';
import type { Webhooks } from '../webhooks/webhooks.js';

/** What the control routes reach. */
export interface ControlParts {
  readonly account: Account;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  readonly context: () => Omit<ActionContext, 'declineCode'>;
}

/** Runs a change that no API request made, as somebody in the dashboard would. */
export function change(parts: ControlParts, work: (tx: Transaction, context: ActionContext) => object): object {
  return parts.account.transact(NO_REQUEST, (tx) => work(tx, { ...parts.context(), declineCode: null }));
}

/** The object that an action left behind: the answer itself, or the intent inside a card error. */
export function objectOf(answer: Answer): object {
  const error: unknown = Reflect.get(answer.body, 'error');
  const intent: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'payment_intent') : undefined;
  return typeof intent === 'object' && intent !== null ? intent : answer.body;
}

/** @throws StripeApiError 400 that names the first member at fault. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw invalidRequest(z.prettifyError(result.error));
}
