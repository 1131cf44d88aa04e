import { Inject, Injectable, Logger } from '@nestjs/common';
import type Stripe from 'stripe';
import { systemClock } from '../../kernel/clock.js';
import { STRIPE } from '../../platform/stripe/index.js';
import type { GatewayAnswer } from '../domain/payment-fact.js';
import type { AttemptRequest, PaymentAttempt } from '../domain/payment.js';
import type { PaymentGateway } from './payment-gateway.js';
import { answerOfError, answerOfIntent, isOurFault, isUnexpectedState } from './stripe-answer.js';

/** Stripe through its own SDK. Every POST carries our idempotency key: the SDK's own would not survive a crash. */
@Injectable()
export class StripeGateway implements PaymentGateway {
  private readonly logger = new Logger(StripeGateway.name);

  constructor(@Inject(STRIPE) private readonly stripe: Stripe | undefined) {}

  async send(attempt: PaymentAttempt): Promise<GatewayAnswer> {
    const { stripe } = this;
    if (!stripe) return { kind: 'unknown', reason: 'STRIPE_SECRET_KEY is not set' };
    try {
      return answerOfIntent(await call(stripe, attempt), systemClock.now());
    } catch (error) {
      const intentId = attempt.request.providerPaymentId;
      if (isUnexpectedState(error) && intentId !== null) return this.retrieve(intentId);
      return this.answerOf(error, attempt.id);
    }
  }

  async retrieve(providerPaymentId: string): Promise<GatewayAnswer> {
    if (!this.stripe) return { kind: 'unknown', reason: 'STRIPE_SECRET_KEY is not set' };
    try {
      const intent = await this.stripe.paymentIntents.retrieve(providerPaymentId, { expand: ['latest_charge'] });
      return answerOfIntent(intent, systemClock.now());
    } catch (error) {
      // Not finding or not reading an intent says nothing about the money that it may hold.
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private answerOf(error: unknown, attemptId: string): GatewayAnswer {
    const answer = answerOfError(error, systemClock.now());
    const reason = error instanceof Error ? error.message : String(error);
    if (isOurFault(error)) this.logger.error({ msg: 'payment_provider_refused', attempt_id: attemptId, reason });
    else if (answer.kind === 'unknown')
      this.logger.warn({ msg: 'payment_outcome_unknown', attempt_id: attemptId, reason });
    return answer;
  }
}

function call(stripe: Stripe, attempt: PaymentAttempt): Promise<Stripe.PaymentIntent> {
  const { request } = attempt;
  const options = { idempotencyKey: attempt.id };
  switch (attempt.action) {
    case 'create':
      return stripe.paymentIntents.create(intentParameters(request), options);
    case 'confirm':
      return stripe.paymentIntents.confirm(requireIntent(request), methodOf(request), options);
    case 'cancel':
      return stripe.paymentIntents.cancel(requireIntent(request), {}, options);
    default:
      return attempt.action satisfies never;
  }
}

function intentParameters(request: AttemptRequest): Stripe.PaymentIntentCreateParams {
  return {
    amount: request.amount,
    currency: request.currency,
    // Redirects need a browser at hand, which a server-side confirmation has not.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: {
      payment_id: request.paymentId,
      ...(request.orderId === null ? {} : { order_id: request.orderId }),
    },
    ...(request.paymentMethod === null ? {} : { ...methodOf(request), confirm: true }),
  };
}

function methodOf(request: AttemptRequest): { payment_method?: string } {
  return request.paymentMethod === null ? {} : { payment_method: request.paymentMethod };
}

function requireIntent(request: AttemptRequest): string {
  if (request.providerPaymentId === null) throw new Error(`payment ${request.paymentId} has no intent yet`);
  return request.providerPaymentId;
}
