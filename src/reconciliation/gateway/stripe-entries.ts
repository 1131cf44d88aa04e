import type Stripe from 'stripe';
import { factOfIntent, type PaymentFact } from '../../payments/index.js';
import { factOfRefund } from '../../refunds/index.js';
import { counts } from '../domain/comparison.js';
import type { Entry } from '../domain/difference.js';
import type { ListedEntry, ProviderPayment, ProviderRefund } from './provider-books.js';

/** A charge says what its payment came to: an intent takes money by one charge at most, however many were declined. */
export function listedCharge(charge: Stripe.Charge): ListedEntry {
  const intent = charge.payment_intent;
  return {
    providerId: (typeof intent === 'string' ? intent : intent?.id) ?? charge.id,
    ownId: charge.metadata['payment_id'] ?? null,
    entry: entryOfCharge(charge),
    createdAt: new Date(charge.created * 1_000),
  };
}

export function listedRefund(refund: Stripe.Refund): ListedEntry {
  const { entry, refundId: ownId } = refundOf(refund);
  return { providerId: refund.id, ownId, entry, createdAt: new Date(refund.created * 1_000) };
}

export function refundOf(refund: Stripe.Refund): ProviderRefund {
  const fact = factOfRefund(refund);
  const { amount, currency } = fact;
  const status = fact.status === 'requires_action' ? 'pending' : fact.status;
  const entry = { amount, currency, status };
  return { entry, refundId: counts('refund', entry) ? fact.refundId : null, fact };
}

export function paymentOfCharge(charge: Stripe.Charge): ProviderPayment {
  return { entry: entryOfCharge(charge), paymentId: charge.metadata['payment_id'] ?? null, fact: null };
}

export function paymentOfIntent(intent: Stripe.PaymentIntent, asOf: Date): ProviderPayment {
  const fact = factOfIntent(intent, asOf);
  return { entry: entryOfFact(fact), paymentId: intent.metadata['payment_id'] ?? null, fact };
}

function entryOfFact({ capturedAmount: amount, currency, kind: status }: PaymentFact): Entry {
  return { amount, currency, status };
}

/** An authorization that was not captured is money that nobody took. */
function entryOfCharge({ amount_captured: amount, captured, currency, status }: Stripe.Charge): Entry {
  return { amount, currency, status: status === 'succeeded' && !captured ? 'authorized' : status };
}
