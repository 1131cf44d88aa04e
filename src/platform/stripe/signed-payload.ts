import { Inject, Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import type { Clock } from '../../kernel/clock.js';
import { CONFIG, type Config } from '../config/index.js';

/** Stripe's own default. In both directions: the SDK alone would accept any time to come. */
const TOLERANCE_SECONDS = 300;

/** What a body that is said to come from Stripe turned out to be. */
export type SignedPayload =
  /** Not signed by anybody who knows one of the secrets, or not now. */
  | { readonly kind: 'refused' }
  /** Signed, but not JSON. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'event'; readonly event: unknown };

/**
 * Checks Stripe's signature over the exact bytes of a body (https://docs.stripe.com/webhooks/signature). While a secret is
 * rotated several are valid at once.
 */
@Injectable()
export class StripeSignatures {
  private readonly secrets: readonly string[];

  constructor(@Inject(CONFIG) config: Config) {
    this.secrets = config.STRIPE_WEBHOOK_SECRET;
  }

  /** `header` is the value of `Stripe-Signature`. Throws nothing that a sender could cause. */
  open(body: Buffer, header: string, clock: Clock): SignedPayload {
    const nowMs = clock.now().getTime();
    const ageSeconds = Math.floor(nowMs / 1_000) - signedAt(header);
    const timely = Math.abs(ageSeconds) <= TOLERANCE_SECONDS;
    const signed = timely && this.secrets.some((secret) => isSignedWith(secret, body, header, nowMs));
    return signed ? parsed(body) : { kind: 'refused' };
  }
}

/** Unix seconds, or NaN where there is none. The SDK takes the last of several, so this has to be the same one. */
function signedAt(header: string): number {
  const last = header.split(',').findLast((part) => part.startsWith('t='));
  return last !== undefined && /^t=\d{1,12}$/.test(last) ? Number(last.slice(2)) : Number.NaN;
}

/** The SDK throws for a wrong signature, and other errors for a header that is none at all. All of them mean no. */
function isSignedWith(secret: string, body: Buffer, header: string, nowMs: number): boolean {
  const { signature } = Stripe.webhooks;
  try {
    return signature?.verifyHeader(body, header, secret, TOLERANCE_SECONDS, undefined, nowMs) ?? false;
  } catch {
    return false;
  }
}

function parsed(body: Buffer): SignedPayload {
  try {
    return { kind: 'event', event: JSON.parse(body.toString('utf8')) };
  } catch {
    return { kind: 'malformed' };
  }
}
