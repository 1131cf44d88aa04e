/** How an intent stands at the provider. */
export type FactKind = 'open' | 'processing' | 'requires_action' | 'authorized' | 'succeeded' | 'failed' | 'canceled';

/** What the provider says of one payment, wherever we heard it. Amounts are minor units. */
export interface PaymentFact {
  readonly kind: FactKind;
  /** Null only where the provider refused before it made an intent. */
  readonly providerPaymentId: string | null;
  readonly amount: number;
  readonly capturedAmount: number;
  readonly currency: string;
  readonly declineCode: string | null;
  /** When it became true at the provider, to the second. */
  readonly occurredAt: Date;
}

/** For the client that has to finish the payment. Secrets of the payment: they live in the answer alone, which
 * an idempotency key keeps for its time, and in no log. */
export interface ClientHandover {
  readonly clientSecret: string | null;
  readonly nextAction: Readonly<Record<string, unknown>> | null;
}

/** What a call to the provider ended with. `unknown` means that the money may or may not have moved. */
export type GatewayAnswer =
  | { readonly kind: 'fact'; readonly fact: PaymentFact; readonly handover: ClientHandover }
  | { readonly kind: 'unknown'; readonly reason: string };
