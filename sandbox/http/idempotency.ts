import type { Account } from '../account.js';
import type { IdempotencyRow } from '../domain/records.js';
import { invalidRequest, StripeApiError } from '../domain/stripe-error.js';

const MAX_KEY_LENGTH = 255;

/**
 * Idempotency keys as Stripe documents them (https://docs.stripe.com/api/idempotent_requests): the first answer after
 * execution began is stored, 4xx and 500 included, and given again to the same request; requests that failed validation
 * or met a running twin are not stored.
 */
export class IdempotencyKeys {
  private readonly running = new Set<string>();

  constructor(
    private readonly account: Account,
    private readonly ttlMs: number,
  ) {}

  /**
   * Returns the stored answer, or claims the key for the caller, who must `release` it.
   * @throws StripeApiError 409 while a twin is running, 400 `idempotency_error` when the parameters differ.
   */
  claim(key: string, fingerprint: string): IdempotencyRow | undefined {
    if (key.length > MAX_KEY_LENGTH) throw invalidRequest('Idempotency keys can be up to 255 characters long.');
    const stored = this.account.findKey(key, this.ttlMs);
    if (stored !== undefined && stored.fingerprint !== fingerprint) throw otherParameters(key);
    if (stored !== undefined) return stored;
    if (this.running.has(key)) throw keyInUse(key);
    this.running.add(key);
    return undefined;
  }

  release(key: string): void {
    this.running.delete(key);
  }
}

export function keyInUse(key: string): StripeApiError {
  return new StripeApiError(409, {
    type: 'invalid_request_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

function otherParameters(key: string): StripeApiError {
  return new StripeApiError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}
