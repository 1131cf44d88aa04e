import Stripe from 'stripe';
import type { ClientHandover, FactKind, GatewayAnswer, PaymentFact } from '../domain/payment-fact.js';

const NO_HANDOVER: ClientHandover = { clientSecret: null, nextAction: null };

/** Reads an intent as Stripe tells it. `asOf` is when Stripe answered. */
export function answerOfIntent(intent: Stripe.PaymentIntent, asOf: Date): GatewayAnswer {
  const nextAction = intent.next_action === null ? null : { ...intent.next_action };
  return {
    kind: 'fact',
    fact: factOfIntent(intent, asOf),
    handover: { clientSecret: intent.client_secret, nextAction },
  };
}

/** What has to be known of an intent, from an answer of the SDK or from an event. Amounts are minor units. */
export interface IntentReading {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  /** Unix seconds. */
  readonly created?: number | undefined;
  readonly latest_charge?: string | { readonly created: number } | null | undefined;
  readonly last_payment_error: {
    readonly code?: string | undefined;
    readonly decline_code?: string | undefined;
  } | null;
}

/** What an intent says of its payment. `asOf` is when it was so. */
export function factOfIntent(intent: IntentReading, asOf: Date): PaymentFact {
  const failure = intent.last_payment_error;
  return {
    kind: kindOf(intent),
    providerPaymentId: intent.id,
    amount: intent.amount,
    capturedAmount: intent.amount_received,
    currency: intent.currency,
    declineCode: failure?.decline_code ?? failure?.code ?? null,
    occurredAt: kindOf(intent) === 'failed' ? failedAt(intent, asOf) : wholeSeconds(asOf),
  };
}

/**
 * When the card was declined: an intent that waits for another card still tells of the last one. Where the bank refused the
 * buyer himself there is no charge to tell the time. All that is known then is that it was not before the intent was made,
 * and taken for news it would fail a buyer who has begun to try again.
 */
function failedAt({ latest_charge: charge, created }: IntentReading, asOf: Date): Date {
  if (charge === null && created !== undefined) return new Date(created * 1_000);
  return typeof charge === 'object' && charge !== null ? new Date(charge.created * 1_000) : wholeSeconds(asOf);
}

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
function kindOf(intent: IntentReading): FactKind {
  switch (intent.status) {
    case 'succeeded':
      return 'succeeded';
    case 'canceled':
      return 'canceled';
    case 'processing':
      return 'processing';
    case 'requires_action':
      return 'requires_action';
    case 'requires_capture':
      return 'authorized';
    case 'requires_confirmation':
      return 'open';
    case 'requires_payment_method':
      return intent.last_payment_error === null ? 'open' : 'failed';
    default:
      throw new Error(`Stripe tells an unknown status of intent ${intent.id}`);
  }
}

/**
 * What an error of the SDK means. A card error is a definite no. A time-out, a reset, 409, 429 and 5xx say nothing about
 * what happened, nor does a refusal of our key or of changed parameters: an earlier call may have gone through. Any other
 * 4xx is a definite no as well, and one that we have to hear about: see `isOurFault`.
 */
export function answerOfError(error: unknown, asOf: Date): GatewayAnswer {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (!isDefinite(error)) {
    return { kind: 'unknown', reason: `${error.type} ${error.statusCode ?? 0}: ${error.code ?? error.message}` };
  }
  const declineCode = error.decline_code ?? error.code ?? null;
  return refused({ asOf, declineCode, intentId: error.payment_intent?.id ?? null });
}

interface Refusal {
  readonly asOf: Date;
  readonly declineCode?: string | null;
  readonly intentId?: string | null;
}

/** The definite no to an attempt. */
export function refused({ asOf, declineCode = null, intentId = null }: Refusal): GatewayAnswer {
  return {
    kind: 'fact',
    handover: NO_HANDOVER,
    fact: {
      kind: 'failed',
      providerPaymentId: intentId,
      amount: 0,
      capturedAmount: 0,
      currency: '',
      declineCode: declineCode ?? 'provider_error',
      occurredAt: wholeSeconds(asOf),
    },
  };
}

const INDEFINITE_STATUS: ReadonlySet<number> = new Set([401, 403, 409, 429]);

function isDefinite(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  const { statusCode: status = 0 } = error;
  if (error instanceof Stripe.errors.StripeIdempotencyError) return false;
  return status >= 400 && status < 500 && !INDEFINITE_STATUS.has(status);
}

/** Whether the error is the answer to an earlier request with the same key (https://docs.stripe.com/api/idempotent_requests). */
export function isReplayed(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true';
}

/** The intent cannot do what was asked because it is further already: its true state has to be asked for. */
export function isUnexpectedState(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_intent_unexpected_state';
}

/** A refusal that no buyer caused: a wrong key, a wrong parameter. Somebody has to be told. */
export function isOurFault(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError) || error instanceof Stripe.errors.StripeCardError) return false;
  const { statusCode: status = 0 } = error;
  return status >= 400 && status < 500 && status !== 409 && status !== 429 && error.param !== 'payment_method';
}

/** Stripe's events have whole seconds, and facts are compared with each other. */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}
