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

/** When the card was declined: an intent that waits for another card still tells of the last one. */
function failedAt(intent: IntentReading, asOf: Date): Date {
  const charge = intent.latest_charge;
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
 * what happened. Any other 4xx is a definite no as well, and one that we have to hear about: see `isOurFault`.
 */
export function answerOfError(error: unknown, asOf: Date): GatewayAnswer {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (isDefinite(error)) return { kind: 'fact', handover: NO_HANDOVER, fact: refusalFact(error, asOf) };
  return { kind: 'unknown', reason: `${error.type} ${error.statusCode ?? 0}: ${error.code ?? error.message}` };
}

function isDefinite(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  const status = error.statusCode ?? 0;
  return status >= 400 && status < 500 && status !== 409 && status !== 429;
}

function refusalFact(error: InstanceType<typeof Stripe.errors.StripeError>, asOf: Date): PaymentFact {
  return {
    kind: 'failed',
    providerPaymentId: error.payment_intent?.id ?? null,
    amount: 0,
    capturedAmount: 0,
    currency: '',
    declineCode: error.decline_code ?? error.code ?? 'provider_error',
    occurredAt: wholeSeconds(asOf),
  };
}

/** The intent cannot do what was asked because it is further already: its true state has to be asked for. */
export function isUnexpectedState(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_intent_unexpected_state';
}

/** A refusal that no buyer caused: a wrong key, a wrong parameter. Somebody has to be told. */
export function isOurFault(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError) || error instanceof Stripe.errors.StripeCardError) return false;
  return isDefinite(error) && error.param !== 'payment_method';
}

/** Stripe's events have whole seconds, and facts are compared with each other. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}
