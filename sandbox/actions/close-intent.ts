import { assertLegal, moveIntent } from '../domain/intent-machine.js';
import type { Intent } from '../domain/records.js';
import { StripeApiError } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';
import { getCharge } from './find.js';

/** Cancels an open intent for good; an authorization that was held is released. */
export function cancelIntent(tx: Transaction, intent: Intent, reason: string | null): Intent {
  assertLegal(intent, 'cancel');
  if (intent.status === 'requires_capture') releaseAuthorization(tx, intent);
  const canceled = moveIntent(intent, 'canceled', {
    amount_capturable: 0,
    canceled_at: tx.now,
    cancellation_reason: reason,
    next_action: null,
  });
  tx.put('payment_intent', canceled.id, canceled);
  tx.emit('payment_intent.canceled', canceled);
  return canceled;
}

// Stripe shows a released authorization as a refunded charge that was never captured. No money moved: there is no refund.
function releaseAuthorization(tx: Transaction, intent: Intent): void {
  const held = getCharge(tx, intent.latest_charge ?? '');
  const released = { ...held, amount_refunded: held.amount, refunded: true };
  tx.put('charge', released.id, released);
  tx.emit('charge.refunded', released);
}

/** Takes all or part of an authorization, in minor units; what is not taken is released. */
export function captureIntent(tx: Transaction, intent: Intent, amount: number | null): Intent {
  assertLegal(intent, 'capture');
  const captured = amount ?? intent.amount_capturable;
  if (captured > intent.amount_capturable) throw captureTooLarge(intent);
  const charge = { ...getCharge(tx, intent.latest_charge ?? ''), amount_captured: captured, captured: true };
  tx.put('charge', charge.id, charge);
  tx.emit('charge.captured', charge);
  const succeeded = moveIntent(intent, 'succeeded', { amount_capturable: 0, amount_received: captured });
  tx.put('payment_intent', succeeded.id, succeeded);
  tx.emit('payment_intent.succeeded', succeeded);
  return succeeded;
}

function captureTooLarge(intent: Intent): StripeApiError {
  return new StripeApiError(400, {
    type: 'invalid_request_error',
    code: 'amount_too_large',
    message: `The provided amount_to_capture is greater than the amount that is capturable (${intent.amount_capturable}).`,
    param: 'amount_to_capture',
    payment_intent: intent,
  });
}
