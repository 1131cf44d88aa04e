import type Stripe from 'stripe';
import { newCharge, outcomeOf } from '../domain/charge.js';
import { declineOf, type Decline } from '../domain/declines.js';
import { moveIntent } from '../domain/intent-machine.js';
import type { Charge, Intent } from '../domain/records.js';
import { documented, type ErrorBody } from '../domain/stripe-error.js';
import type { TestMethod } from '../domain/test-methods.js';
import type { Transaction } from '../transaction.js';
import { errorAnswer, ok, type ActionContext, type Answer } from './answer.js';
import { openDispute } from './disputes.js';

/** One attempt to take the money of an intent: a charge in any case, and a 402 answer where the card is refused. */
export function chargeIntent(tx: Transaction, intent: Intent, test: TestMethod, context: ActionContext): Answer {
  const declineCode = context.declineCode ?? test.decline;
  if (declineCode !== null) return refuseCharge(tx, intent, test, declineOf(declineCode));
  const captured = intent.capture_method === 'automatic';
  const charge = newCharge(intent, test, { status: 'succeeded', captured, decline: null }, tx.now);
  tx.put('charge', charge.id, charge);
  tx.emit('charge.succeeded', charge);
  const collected = collect(tx, intent, charge);
  if (captured && test.aftermath === 'dispute') openDispute(tx, charge, {});
  return ok(collected);
}

/** Moves the intent on after a charge went through, and tells so. */
export function collect(tx: Transaction, intent: Intent, charge: Charge): Intent {
  const settled = { latest_charge: charge.id, last_payment_error: null, next_action: null, processing: null };
  const moved = charge.captured
    ? moveIntent(intent, 'succeeded', { ...settled, amount_received: charge.amount_captured })
    : moveIntent(intent, 'requires_capture', { ...settled, amount_capturable: charge.amount });
  tx.put('payment_intent', moved.id, moved);
  tx.emit(charge.captured ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', moved);
  return moved;
}

function refuseCharge(tx: Transaction, intent: Intent, test: TestMethod, decline: Decline): Answer {
  const charge = newCharge(intent, test, { status: 'failed', captured: false, decline }, tx.now);
  return refuse(tx, intent, charge, decline);
}

/** Settles a pending charge as refused. */
export function refusePending(tx: Transaction, intent: Intent, pending: Charge, decline: Decline): Answer {
  const failure = { failure_code: decline.code, failure_message: decline.message };
  const outcome = outcomeOf({ status: 'failed', decline });
  return refuse(tx, intent, { ...pending, ...failure, outcome, status: 'failed', paid: false }, decline);
}

function refuse(tx: Transaction, intent: Intent, charge: Charge, decline: Decline): Answer {
  tx.put('charge', charge.id, charge);
  tx.emit('charge.failed', charge);
  const error = cardError(charge, decline);
  const method = methodOf(tx, intent);
  const failed = failAttempt(tx, intent, error, charge.id);
  return errorAnswer(402, {
    ...error,
    payment_intent: failed,
    ...(method === undefined ? {} : { payment_method: method }),
  });
}

/** Back to `requires_payment_method` with the reason; the payment method is spent, as at Stripe. */
export function failAttempt(tx: Transaction, intent: Intent, error: ErrorBody, chargeId: string | null): Intent {
  const method = methodOf(tx, intent);
  const failed = moveIntent(intent, 'requires_payment_method', {
    last_payment_error: lastPaymentError(error, method),
    latest_charge: chargeId ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
    processing: null,
  });
  tx.put('payment_intent', failed.id, failed);
  tx.emit('payment_intent.payment_failed', failed);
  return failed;
}

function methodOf(tx: Transaction, intent: Intent): Stripe.PaymentMethod | undefined {
  return intent.payment_method === null ? undefined : tx.find('payment_method', intent.payment_method)?.method;
}

function lastPaymentError(
  error: ErrorBody,
  method: Stripe.PaymentMethod | undefined,
): Stripe.PaymentIntent.LastPaymentError {
  const { payment_intent: _intent, ...rest } = documented(error);
  return method === undefined ? rest : { ...rest, payment_method: method };
}

function cardError(charge: Charge, decline: Decline): ErrorBody {
  return {
    type: 'card_error',
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    charge: charge.id,
    ...(decline.adviceCode === null ? {} : { advice_code: decline.adviceCode }),
    ...(decline.param === null ? {} : { param: decline.param }),
  };
}
