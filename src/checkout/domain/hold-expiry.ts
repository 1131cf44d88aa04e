/** Why an order ended that nobody paid while its stock was held. */
export const RESERVATION_EXPIRED = 'reservation_expired';

/** How long past its time a hold is kept for a provider that cannot be reached, in seconds. */
export const LONGEST_GRACE_SECONDS = 600;

/** What has to be known of an order and its payment to say what the end of its hold means. */
export interface ExpiringOrder {
  readonly status: string;
  readonly paymentStatus: string;
}

export interface ExpiringPayment {
  readonly status: 'pending' | 'processing' | 'requires_action' | 'authorized' | 'succeeded' | 'failed' | 'canceled';
  readonly providerPaymentId: string | null;
}

/** The last call to the provider; `unknown` while it has no answer. */
export interface LastCall {
  readonly action: 'create' | 'confirm' | 'cancel' | 'capture';
  readonly outcome: 'unknown' | 'accepted' | 'declined' | 'rejected';
}

/**
 * `cancel` nobody can pay the order any more: it ends and its stock is free · `let_go` the stock is free, the order stays ·
 * `give_up_intent` the buyer could still pay, or the bank still holds his money, so the provider is told first · `keep` money may be moving, or the provider
 * has not answered yet.
 */
export type HoldExpiry = 'cancel' | 'let_go' | 'give_up_intent' | 'keep';

/** Decides about the hold of an order whose time is over. */
export function expiryOf(
  order: ExpiringOrder,
  payment: ExpiringPayment | undefined,
  last: LastCall | undefined,
  overdueSeconds: number,
): HoldExpiry {
  if (!waitsForBuyer(order)) return 'let_go';
  if (payment === undefined || isDead(payment)) return 'cancel';
  if (isMoving(payment)) return 'keep';
  if (last?.action === 'cancel' && overdueSeconds >= LONGEST_GRACE_SECONDS) return 'cancel';
  return last?.outcome === 'unknown' ? 'keep' : 'give_up_intent';
}

/** Not where a person looks at its money: he takes the stock anew if he accepts it. */
function waitsForBuyer({ status, paymentStatus }: ExpiringOrder): boolean {
  return (status === 'created' || status === 'payment_failed') && paymentStatus !== 'review';
}

/** Without an intent at the provider nothing can be paid, unless the call that makes one is under way. */
function isDead({ status, providerPaymentId }: ExpiringPayment): boolean {
  return status === 'canceled' || (status === 'failed' && providerPaymentId === null);
}

/** `succeeded` is here as well: the sale is about to follow, or a person is told. */
function isMoving({ status }: ExpiringPayment): boolean {
  return status === 'processing' || status === 'succeeded';
}
