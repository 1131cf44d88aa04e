import { newDispute } from '../domain/dispute.js';
import type { Charge, Dispute } from '../domain/records.js';
import { invalidRequest } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';
import { getCharge } from './find.js';

/** The cardholder's bank takes money back. `amount` in minor units; absent: all that was captured. */
export function openDispute(tx: Transaction, charge: Charge, asked: { amount?: number; reason?: string }): Dispute {
  if (!charge.captured) throw invalidRequest(`Charge ${charge.id} was not captured and cannot be disputed.`);
  if (charge.disputed) throw invalidRequest(`Charge ${charge.id} is disputed already.`);
  const amount = asked.amount ?? charge.amount_captured;
  if (amount > charge.amount_captured) throw invalidRequest(`A dispute over ${amount} exceeds the charge.`);
  const disputed = { ...charge, disputed: true };
  const dispute = newDispute(disputed, amount, asked.reason ?? 'fraudulent', tx.now);
  tx.put('charge', disputed.id, disputed);
  tx.put('dispute', dispute.id, dispute);
  tx.emit('charge.dispute.created', dispute);
  return dispute;
}

/** Ends a dispute. A won one leaves the charge refundable again. */
export function closeDispute(tx: Transaction, dispute: Dispute, status: 'won' | 'lost'): Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw invalidRequest(`Dispute ${dispute.id} was closed as ${dispute.status}.`);
  }
  const closed: Dispute = { ...dispute, status, is_charge_refundable: status === 'won' };
  tx.put('dispute', closed.id, closed);
  if (status === 'won') {
    const charge = getCharge(tx, closed.charge);
    tx.put('charge', charge.id, { ...charge, disputed: false });
  }
  tx.emit('charge.dispute.closed', closed);
  return closed;
}
