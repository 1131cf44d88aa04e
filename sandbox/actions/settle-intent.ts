import { declineOf } from '../domain/declines.js';
import type { Charge, Intent } from '../domain/records.js';
import { invalidRequest, type ErrorBody } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';
import { ok, type ActionContext, type Answer } from './answer.js';
import { chargeIntent, collect, failAttempt, refusePending } from './charge-intent.js';
import { getCharge } from './find.js';
import { storedMethod } from './payment-methods.js';

export type Outcome = 'succeed' | 'fail';

const AUTHENTICATION_FAILED: ErrorBody = {
  type: 'invalid_request_error',
  code: 'payment_intent_authentication_failure',
  message:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};

/** The customer's answer to the authentication step. Approval charges the card, which may still be refused. */
export function authenticateIntent(tx: Transaction, intent: Intent, outcome: Outcome, context: ActionContext): Answer {
  if (intent.status !== 'requires_action') {
    throw invalidRequest(`${intent.id} does not wait for the customer: its status is ${intent.status}.`);
  }
  if (outcome === 'fail') return ok(failAttempt(tx, intent, AUTHENTICATION_FAILED, null));
  const { test } = storedMethod(tx, intent.payment_method ?? '', 'payment_method');
  return chargeIntent(tx, intent, test, context);
}

/** The network's answer to a payment that was processing. `declineCode` is the reason of a failure. */
export function settleProcessing(tx: Transaction, intent: Intent, outcome: Outcome, declineCode: string): Answer {
  if (intent.status !== 'processing') {
    throw invalidRequest(`${intent.id} is not processing: its status is ${intent.status}.`);
  }
  const pending = getCharge(tx, intent.latest_charge ?? '');
  if (outcome === 'fail') return refusePending(tx, intent, pending, declineOf(declineCode));
  const charge: Charge = {
    ...pending,
    status: 'succeeded',
    paid: true,
    captured: true,
    amount_captured: pending.amount,
  };
  tx.put('charge', charge.id, charge);
  tx.emit('charge.succeeded', charge);
  return ok(collect(tx, intent, charge));
}
