import { documented, type ErrorBody } from '../domain/stripe-error.js';

/** What a request is answered with, and what an idempotency key remembers. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

export function ok(body: object): Answer {
  return { status: 200, body };
}

export function errorAnswer(status: number, error: ErrorBody): Answer {
  return { status, body: { error: documented(error) } };
}

/** What an action must know of the world around the account. */
export interface ActionContext {
  /** Where this sandbox is reached, without a trailing slash; links to the authentication page start with it. */
  readonly baseUrl: string;
  /** Set by a fault: the next charge is refused with this issuer code, whatever the card says. */
  readonly declineCode: string | null;
  /** How long a refund stays pending, or succeeded before it fails, with the test methods made for that. */
  readonly refundSettleMs: number;
}
