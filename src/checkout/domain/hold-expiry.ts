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

export interface OpenCall {
  readonly action: 'create' | 'confirm' | 'cancel';
}

/**
 * `cancel` nobody can pay the order any more: it ends and its stock is free · `let_go` the stock is free, the order stays ·
 * `give_up_intent` the buyer could still pay, so the provider is told first · `keep` money may be moving, or the provider
 * has not answered yet.
 */
export type HoldExpiry = 'cancel' | 'let_go' | 'give_up_intent' | 'keep';

/** Decides about the hold of an order whose time is over. `open` is the call to the provider that has no answer yet. */
export function expiryOf(
  order: ExpiringOrder,
  payment: ExpiringPayment | undefined,
  open: OpenCall | undefined,
  overdueSeconds: number,
): HoldExpiry {
  if (!waitsForBuyer(order)) return 'let_go';
  if (open?.action === 'cancel') return overdueSeconds >= LONGEST_GRACE_SECONDS ? 'cancel' : 'keep';
  if (payment === undefined || payment.status === 'canceled') return 'cancel';
  if (open || isMoving(payment)) return 'keep';
  return payment.providerPaymentId === null ? 'cancel' : 'give_up_intent';
}

/** Not where a person looks at its money: he takes the stock anew if he accepts it. */
function waitsForBuyer({ status, paymentStatus }: ExpiringOrder): boolean {
  return (status === 'created' || status === 'payment_failed') && paymentStatus !== 'review';
}

/** `succeeded` is here as well: the sale is about to follow, or a person is told. */
function isMoving({ status }: ExpiringPayment): boolean {
  return status === 'processing' || status === 'authorized' || status === 'succeeded';
}
