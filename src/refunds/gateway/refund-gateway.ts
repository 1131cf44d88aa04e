import type { Refund, RefundFact } from '../domain/refund.js';

export const REFUND_GATEWAY = Symbol('REFUND_GATEWAY');

/** What a call about a refund ended with. `unknown`: the money may or may not be on its way. */
export type RefundAnswer =
  { readonly kind: 'fact'; readonly fact: RefundFact } | { readonly kind: 'unknown'; readonly reason: string };

/** The provider outside. Never call it inside a transaction. */
export interface RefundGateway {
  /** Asks for the money to go back, under a key that stays the same for every repeat of the same round. */
  submit(refund: Refund, providerPaymentId: string): Promise<RefundAnswer>;
  retrieve(refund: Refund, providerRefundId: string): Promise<RefundAnswer>;
  /** Looks a refund of ours up among those of its payment; undefined where the provider has none. */
  locate(refund: Refund, providerPaymentId: string): Promise<RefundAnswer | undefined>;
  /** The newest refunds of a payment, whoever made them. Throws where the provider cannot be asked. */
  list(providerPaymentId: string): Promise<readonly RefundFact[]>;
}
