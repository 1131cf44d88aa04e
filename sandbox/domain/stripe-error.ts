import type Stripe from 'stripe';
import type { Intent } from './records.js';

export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

/** Members of Stripe's `error` object (https://docs.stripe.com/api/errors). Absent members are left out, never null. */
export interface ErrorBody {
  readonly type: ErrorType;
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly advice_code?: string;
  readonly param?: string;
  readonly charge?: string;
  readonly payment_intent?: Intent;
  readonly payment_method?: Stripe.PaymentMethod;
  readonly doc_url?: string;
  readonly request_log_url?: string;
}

/** A refusal that is answered with `status` and `{ error }`; nothing that was written before it is kept. */
export class StripeApiError extends Error {
  override readonly name = 'StripeApiError';

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message);
  }
}

/** 400 `invalid_request_error`, the answer to most mistakes. */
export function invalidRequest(message: string, details: { code?: string; param?: string } = {}): StripeApiError {
  return new StripeApiError(400, { type: 'invalid_request_error', message, ...details });
}

/** 404 `resource_missing`; `param` is the member that named the object, `intent` or `id` for the one in the path. */
export function resourceMissing(kind: string, id: string, param: string): StripeApiError {
  return new StripeApiError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param,
  });
}

/** The page that explains an error code, as Stripe's answers link it. */
export function documented(body: ErrorBody): ErrorBody {
  if (body.code === undefined) return body;
  return { ...body, doc_url: `https://docs.stripe.com/error-codes/${body.code.replaceAll('_', '-')}` };
}
