import { moveIntent } from '../domain/intent-machine.js';
import { newIntent, type IntentTerms } from '../domain/new-intent.js';
import type { Intent } from '../domain/records.js';
import { invalidRequest } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';
import { ok, type ActionContext, type Answer } from './answer.js';
import { confirmIntent, type Confirmation } from './confirm-intent.js';
import { choosePaymentMethod } from './payment-methods.js';

/** Creates an intent and, where asked, confirms it at once. A refused card leaves the intent behind, open for another try. */
export function createIntent(
  tx: Transaction,
  terms: IntentTerms,
  asked: Confirmation & { readonly confirm: boolean },
  context: ActionContext,
): Answer {
  if (!asked.confirm && asked.returnUrl !== null) {
    throw invalidRequest(
      'The parameter `return_url` cannot be passed when creating a PaymentIntent unless `confirm` is set to true.',
      {
        param: 'return_url',
      },
    );
  }
  const intent = newIntent(terms, tx.now);
  tx.put('payment_intent', intent.id, intent);
  tx.emit('payment_intent.created', intent);
  if (asked.confirm) return confirmIntent(tx, intent, asked, context);
  return ok(asked.paymentMethod === null ? intent : attachMethod(tx, intent, asked.paymentMethod));
}

/** Gives an open intent a payment method without confirming it. */
export function attachMethod(tx: Transaction, intent: Intent, paymentMethod: string): Intent {
  const method = choosePaymentMethod(tx, paymentMethod);
  const attached = moveIntent(intent, 'requires_confirmation', { payment_method: method.id });
  tx.put('payment_intent', attached.id, attached);
  return attached;
}
