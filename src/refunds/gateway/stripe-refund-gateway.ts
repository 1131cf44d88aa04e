import { Inject, Injectable, Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { systemClock } from '../../kernel/clock.js';
import { STRIPE } from '../../platform/stripe/index.js';
import type { Refund, RefundFact } from '../domain/refund.js';
import type { RefundAnswer, RefundGateway } from './refund-gateway.js';

const PAGE = 100;
const NOT_CONFIGURED: RefundAnswer = { kind: 'unknown', reason: 'STRIPE_SECRET_KEY is not set' };

/** Refunds through Stripe's own SDK. */
@Injectable()
export class StripeRefundGateway implements RefundGateway {
  private readonly logger = new Logger(StripeRefundGateway.name);

  constructor(@Inject(STRIPE) private readonly stripe: Stripe | undefined) {}

  async submit(refund: Refund, providerPaymentId: string): Promise<RefundAnswer> {
    if (!this.stripe) return NOT_CONFIGURED;
    const parameters = {
      payment_intent: providerPaymentId,
      amount: refund.amount,
      metadata: {
        refund_id: refund.id,
        refund_round: String(refund.round),
        ...(refund.orderId === null ? {} : { order_id: refund.orderId }),
      },
    };
    try {
      const options = { idempotencyKey: `refund:${refund.id}:${refund.round}` };
      return { kind: 'fact', fact: factOfRefund(await this.stripe.refunds.create(parameters, options)) };
    } catch (error) {
      return this.answerOf(error, refund);
    }
  }

  async retrieve(refund: Refund, providerRefundId: string): Promise<RefundAnswer> {
    if (!this.stripe) return NOT_CONFIGURED;
    try {
      return { kind: 'fact', fact: factOfRefund(await this.stripe.refunds.retrieve(providerRefundId)) };
    } catch (error) {
      return { kind: 'unknown', reason: `refund ${refund.id}: ${String(error)}` };
    }
  }

  async locate(refund: Refund, providerPaymentId: string): Promise<RefundAnswer | undefined> {
    if (!this.stripe) return NOT_CONFIGURED;
    try {
      const page = await this.stripe.refunds.list({ payment_intent: providerPaymentId, limit: PAGE });
      const facts = page.data.map((listed) => factOfRefund(listed));
      const fact = facts.find(({ refundId, round }) => refundId === refund.id && round === refund.round);
      return fact && { kind: 'fact', fact };
    } catch (error) {
      return { kind: 'unknown', reason: `refund ${refund.id}: ${String(error)}` };
    }
  }

  async list(providerPaymentId: string): Promise<readonly RefundFact[]> {
    if (!this.stripe) throw new Error('STRIPE_SECRET_KEY is not set');
    const page = await this.stripe.refunds.list({ payment_intent: providerPaymentId, limit: PAGE });
    return page.data.map((refund) => factOfRefund(refund));
  }

  private answerOf(error: unknown, refund: Refund): RefundAnswer {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const definite = isDefinite(error);
    const reason = error.code ?? error.message;
    this.logger.warn({ msg: definite ? 'refund_refused' : 'refund_outcome_unknown', refund_id: refund.id, reason });
    if (!definite) return { kind: 'unknown', reason };
    return {
      kind: 'fact',
      fact: {
        refundId: refund.id,
        providerRefundId: null,
        providerPaymentId: null,
        amount: refund.amount,
        currency: refund.currency,
        status: 'failed',
        failureCode: error.code ?? 'provider_error',
        reason: null,
        round: refund.round,
        occurredAt: systemClock.now(),
      },
    };
  }
}

/** A wrong key, a conflict or a limit says nothing about the money, nor does a refusal of our idempotency key. */
const INDEFINITE_STATUS: ReadonlySet<number> = new Set([401, 403, 409, 429]);

function isDefinite(error: InstanceType<typeof Stripe.errors.StripeError>): boolean {
  const { statusCode: status = 0 } = error;
  if (error instanceof Stripe.errors.StripeIdempotencyError) return false;
  return status >= 400 && status < 500 && !INDEFINITE_STATUS.has(status);
}

/** What has to be known of a refund, from an answer of the SDK or from an event. `amount` is minor units. */
export interface RefundReading {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: string | null;
  readonly reason: string | null;
  readonly failure_reason?: string | undefined;
  readonly payment_intent: string | { readonly id: string } | null;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Reads a refund as Stripe tells it; `occurredAt` is now, or the time of the event that brought it. */
export function factOfRefund(refund: RefundReading, occurredAt: Date = systemClock.now()): RefundFact {
  const intent = refund.payment_intent;
  return {
    refundId: refund.metadata?.['refund_id'] ?? null,
    providerRefundId: refund.id,
    providerPaymentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
    amount: refund.amount,
    currency: refund.currency,
    status: statusOf(refund.status),
    failureCode: refund.failure_reason ?? null,
    reason: refund.reason,
    round: roundOf(refund.metadata?.['refund_round']),
    occurredAt,
  };
}

function roundOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function statusOf(status: string | null): RefundFact['status'] {
  switch (status) {
    case 'succeeded':
    case 'failed':
    case 'canceled':
    case 'requires_action':
      return status;
    default:
      return 'pending';
  }
}
