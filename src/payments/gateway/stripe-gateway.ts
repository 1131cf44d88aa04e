import { Inject, Injectable, Logger } from '@nestjs/common';
import type Stripe from 'stripe';
import { systemClock } from '../../kernel/clock.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { STRIPE, withinTime } from '../../platform/stripe/index.js';
import type { GatewayAnswer } from '../domain/payment-fact.js';
import type { PaymentAttempt } from '../domain/payment.js';
import { findIntent } from './find-intent.js';
import type { PaymentGateway } from './payment-gateway.js';
import { answerOfError, answerOfIntent, isOurFault, isReplayed, isUnexpectedState } from './stripe-answer.js';
import { callStripe } from './stripe-call.js';
import { concludeUnheard } from './unheard-attempt.js';

interface Sent {
  readonly answer: GatewayAnswer;
  /** Whether Stripe repeated the answer of an earlier request: that one is over, whatever became of it. */
  readonly isOver: boolean;
}

const NOT_CONFIGURED: GatewayAnswer = { kind: 'unknown', reason: 'STRIPE_SECRET_KEY is not set' };

/** Stripe through its own SDK. No call takes longer than STRIPE_TIMEOUT_MS, whatever the network does. */
@Injectable()
export class StripeGateway implements PaymentGateway {
  private readonly logger = new Logger(StripeGateway.name);

  constructor(
    @Inject(STRIPE) private readonly stripe: Stripe | undefined,
    @Inject(CONFIG) private readonly config: Pick<Config, 'STRIPE_TIMEOUT_MS'>,
  ) {}

  async send(attempt: PaymentAttempt): Promise<GatewayAnswer> {
    if (!this.stripe) return NOT_CONFIGURED;
    return (await this.sendOnce(this.stripe, attempt)).answer;
  }

  async sendAgain(attempt: PaymentAttempt): Promise<GatewayAnswer> {
    if (!this.stripe) return NOT_CONFIGURED;
    const sent = await this.sendOnce(this.stripe, attempt);
    if (sent.answer.kind === 'fact') return sent.answer;
    return concludeUnheard({ attempt, ...sent }, await this.look(this.stripe, attempt), systemClock.now());
  }

  async retrieve(providerPaymentId: string): Promise<GatewayAnswer> {
    if (!this.stripe) return NOT_CONFIGURED;
    try {
      const call = this.stripe.paymentIntents.retrieve(providerPaymentId, { expand: ['latest_charge'] });
      return answerOfIntent(await this.inTime(call), systemClock.now());
    } catch (error) {
      return unread(error);
    }
  }

  private async sendOnce(stripe: Stripe, attempt: PaymentAttempt): Promise<Sent> {
    try {
      const intent = await this.inTime(callStripe(stripe, attempt));
      return { answer: answerOfIntent(intent, systemClock.now()), isOver: true };
    } catch (error) {
      const intentId = attempt.request.providerPaymentId;
      const isFurther = isUnexpectedState(error) && intentId !== null;
      const answer = isFurther ? await this.retrieve(intentId) : this.answerOf(error, attempt.id);
      // That an authorization could not be captured does not say whether it still stands.
      const isVague = attempt.action === 'capture' && intentId !== null && answer.kind === 'fact' && !isFurther;
      return { answer: isVague ? await this.retrieve(intentId) : answer, isOver: isReplayed(error) };
    }
  }

  /** How the intent of an attempt stands, or `none` where the attempt made none. */
  private async look(stripe: Stripe, attempt: PaymentAttempt): Promise<GatewayAnswer | 'none'> {
    const intentId = attempt.request.providerPaymentId;
    if (intentId !== null) return this.retrieve(intentId);
    try {
      const intent = await findIntent((page) => this.inTime(stripe.paymentIntents.list(page)), attempt);
      return intent ? answerOfIntent(intent, systemClock.now()) : 'none';
    } catch (error) {
      return unread(error);
    }
  }

  private inTime<T>(call: Promise<T>): Promise<T> {
    return withinTime(this.config.STRIPE_TIMEOUT_MS, call);
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

/** Not finding or not reading an intent says nothing about the money that it may hold. */
function unread(error: unknown): GatewayAnswer {
  return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}
