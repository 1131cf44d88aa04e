import type Stripe from 'stripe';
import { newCharge } from '../domain/charge.js';
import { assertLegal, moveIntent } from '../domain/intent-machine.js';
import type { Intent } from '../domain/records.js';
import { invalidRequest, StripeApiError } from '../domain/stripe-error.js';
import type { Transaction } from '../transaction.js';
import { ok, type ActionContext, type Answer } from './answer.js';
import { chargeIntent } from './charge-intent.js';
import { choosePaymentMethod, storedMethod, type ChosenMethod } from './payment-methods.js';

export interface Confirmation {
  /** A test name or an earlier payment method; absent: the one the intent carries. */
  readonly paymentMethod: string | null;
  readonly returnUrl: string | null;
  readonly receiptEmail: string | null;
  /** The customer is here with a browser (publishable key), or is said not to be (`off_session`): no return URL needed. */
  readonly redirectImpossible: boolean;
}

/** Confirms an intent as far as its payment method lets it go. A refused card is a 402 answer, not an exception: it is kept. */
export function confirmIntent(tx: Transaction, intent: Intent, asked: Confirmation, context: ActionContext): Answer {
  assertLegal(intent, 'confirm');
  assertReturnUrl(intent, asked);
  const method = methodFor(tx, intent, asked);
  const ready: Intent = {
    ...intent,
    payment_method: method.id,
    receipt_email: asked.receiptEmail ?? intent.receipt_email,
    next_action: null,
  };
  switch (method.test.flow) {
    case 'immediate':
      return chargeIntent(tx, ready, method.test, context);
    case 'authenticate':
      return ok(awaitCustomer(tx, ready, asked.returnUrl, context.baseUrl));
    case 'processing':
      return ok(beginProcessing(tx, ready, method));
  }
}

function methodFor(tx: Transaction, intent: Intent, asked: Confirmation): ChosenMethod {
  if (asked.paymentMethod !== null) return choosePaymentMethod(tx, asked.paymentMethod);
  if (intent.payment_method !== null) return storedMethod(tx, intent.payment_method, 'payment_method');
  throw new StripeApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message:
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method or specify a payment method in this confirm request.",
    payment_intent: intent,
  });
}

// Stripe refuses server-side confirmation without a return URL wherever a redirect could come up: a mistake that a
// sandbox which lets it pass would hide until the first live payment.
function assertReturnUrl(intent: Intent, asked: Confirmation): void {
  const mayRedirect = intent.automatic_payment_methods?.allow_redirects === 'always';
  if (!mayRedirect || asked.returnUrl !== null || asked.redirectImpossible) return;
  throw invalidRequest(
    'This PaymentIntent is configured to accept payment methods that might redirect your customer off of your page, so you must provide a `return_url`. If you do not want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating the PaymentIntent.',
    { param: 'return_url' },
  );
}

function awaitCustomer(tx: Transaction, intent: Intent, returnUrl: string | null, baseUrl: string): Intent {
  const waiting = moveIntent(intent, 'requires_action', { next_action: nextAction(intent, returnUrl, baseUrl) });
  tx.put('payment_intent', waiting.id, waiting);
  tx.emit('payment_intent.requires_action', waiting);
  return waiting;
}

function nextAction(intent: Intent, returnUrl: string | null, baseUrl: string): Stripe.PaymentIntent.NextAction {
  const page = new URL(`${baseUrl}/authenticate/${intent.id}`);
  page.searchParams.set('client_secret', intent.client_secret);
  if (returnUrl !== null) {
    page.searchParams.set('return_url', returnUrl);
    return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url: page.href } };
  }
  // Stripe.js is not part of the sandbox: `sandbox_url` says where a person can approve the payment instead.
  const hint = { type: 'three_d_secure_redirect', sandbox_url: page.href };
  return { type: 'use_stripe_sdk', use_stripe_sdk: hint };
}

/** Puts an intent into `processing` with a pending charge, as bank debits are until the network has answered. */
export function beginProcessing(tx: Transaction, intent: Intent, method: ChosenMethod): Intent {
  const withMethod: Intent = { ...intent, payment_method: method.id };
  const charge = newCharge(withMethod, method.test, { status: 'pending', captured: true, decline: null }, tx.now);
  const pending = { ...charge, amount_captured: 0, captured: false };
  tx.put('charge', pending.id, pending);
  tx.emit('charge.pending', pending);
  const processing = moveIntent(withMethod, 'processing', { latest_charge: pending.id, next_action: null });
  tx.put('payment_intent', processing.id, processing);
  tx.emit('payment_intent.processing', processing);
  return processing;
}
