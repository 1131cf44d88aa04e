import type Stripe from 'stripe';
import { assertLegal } from '../domain/intent-machine.js';
import type { Intent } from '../domain/records.js';
import type { Transaction } from '../transaction.js';
import { attachMethod } from './create-intent.js';

export interface IntentChange {
  /** Minor units. */
  readonly amount?: number | undefined;
  readonly description?: string | undefined;
  readonly receipt_email?: string | undefined;
  readonly payment_method?: string | undefined;
  readonly mergeMetadata: (current: Stripe.Metadata) => Stripe.Metadata;
}

/** Metadata and descriptions may change at any time; what is to be paid, and how, only while the intent is open. */
export function updateIntent(tx: Transaction, intent: Intent, change: IntentChange): Intent {
  if (change.amount !== undefined || change.payment_method !== undefined) assertLegal(intent, 'update');
  const updated: Intent = {
    ...intent,
    amount: change.amount ?? intent.amount,
    description: change.description ?? intent.description,
    metadata: change.mergeMetadata(intent.metadata),
    receipt_email: change.receipt_email ?? intent.receipt_email,
  };
  tx.put('payment_intent', updated.id, updated);
  return change.payment_method === undefined ? updated : attachMethod(tx, updated, change.payment_method);
}
