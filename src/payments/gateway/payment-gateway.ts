import type { GatewayAnswer } from '../domain/payment-fact.js';
import type { PaymentAttempt } from '../domain/payment.js';

export const PAYMENT_GATEWAY = Symbol('PAYMENT_GATEWAY');

/** The provider outside. Never call it inside a transaction: an answer may take seconds, or never come. */
export interface PaymentGateway {
  /** Sends a recorded attempt, with its id as the idempotency key: the same attempt may be sent any number of times. */
  send(attempt: PaymentAttempt): Promise<GatewayAnswer>;
  /**
   * Sends an attempt again whose answer nobody heard. Where that ends unknown as well (a provider repeats even its own
   * failures for one key), reads what became of it.
   */
  sendAgain(attempt: PaymentAttempt): Promise<GatewayAnswer>;
  /** How an intent stands now. */
  retrieve(providerPaymentId: string): Promise<GatewayAnswer>;
}
