import type { Charge, Dispute, Intent, Tables } from '../domain/records.js';
import { resourceMissing } from '../domain/stripe-error.js';
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
