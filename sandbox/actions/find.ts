import type { Charge, Dispute, Intent, Tables } from '../domain/records.js';
import { invalidRequest, resourceMissing } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';

// `param` is the name of the member that carried the id; in paths Stripe calls an intent `intent` and the others `id`.

export function getIntent(tx: Transaction, id: string, param = 'intent'): Intent {
  const intent = tx.find('payment_intent', id);
  if (intent === undefined) throw resourceMissing('payment_intent', id, param);
  return intent;
}

export function getCharge(tx: Transaction, id: string, param = 'id'): Charge {
  const charge = tx.find('charge', id);
  if (charge === undefined) throw resourceMissing('charge', id, param);
  return charge;
}

export function getRefund(tx: Transaction, id: string): Tables['refund'] {
  const row = tx.find('refund', id);
  if (row === undefined) throw resourceMissing('refund', id, 'id');
  return row;
}

export function getDispute(tx: Transaction, id: string): Dispute {
  const dispute = tx.find('dispute', id);
  if (dispute === undefined) throw resourceMissing('dispute', id, 'dispute');
  return dispute;
}

/** The charge that a refund or a dispute names, by itself or by the intent that it belongs to. */
export function chargeToRefund(
  tx: Transaction,
  named: { readonly charge?: string | undefined; readonly paymentIntent?: string | undefined },
): Charge {
  if (named.charge !== undefined) return getCharge(tx, named.charge, 'charge');
  if (named.paymentIntent === undefined) {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.', {
      code: 'parameter_missing',
    });
  }
  const intent = getIntent(tx, named.paymentIntent, 'payment_intent');
  if (intent.latest_charge === null) {
    throw invalidRequest(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`);
  }
  return getCharge(tx, intent.latest_charge, 'charge');
}
