import { INTENT_TRANSITIONS, type IntentStatus } from './intent-states.js';
import type { Intent } from './records.js';
import { StripeApiError } from './stripe-error.js';

/** Statuses in which each request is legal, in the order in which Stripe's messages list them. */
const LEGAL: Record<'confirm' | 'cancel' | 'capture' | 'update', readonly IntentStatus[]> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  // Stripe cancels a processing intent only in rare cases. Refusing is what an integration must be able to live with.
  cancel: ['requires_payment_method', 'requires_capture', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  update: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
};

function refusal(intent: Intent, action: keyof typeof LEGAL): string {
  const has = `because it has a status of ${intent.status}.`;
  const statuses = LEGAL[action].join(', ');
  switch (action) {
    case 'confirm':
      return intent.status === 'succeeded'
        ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
        : `You cannot confirm this PaymentIntent ${has} Only a PaymentIntent with one of the following statuses may be confirmed: ${statuses}.`;
    case 'cancel':
      return `You cannot cancel this PaymentIntent ${has} Only a PaymentIntent with one of the following statuses may be canceled: ${statuses}.`;
    case 'capture':
      return intent.status === 'succeeded'
        ? 'This PaymentIntent could not be captured because it has already been captured.'
        : `This PaymentIntent could not be captured ${has} Only a PaymentIntent with one of the following statuses may be captured: ${statuses}.`;
    case 'update':
      return `This PaymentIntent's amount could not be updated ${has} You may only update the amount of a PaymentIntent with one of the following statuses: ${statuses}.`;
  }
}

/** @throws StripeApiError 400 `payment_intent_unexpected_state`, with the intent as it is. */
export function assertLegal(intent: Intent, action: keyof typeof LEGAL): void {
  if (LEGAL[action].includes(intent.status)) return;
  throw new StripeApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: refusal(intent, action),
    payment_intent: intent,
  });
}

/** The intent in its next status, with the other members that change. Throws where the table has no such step. */
export function moveIntent(intent: Intent, status: IntentStatus, change: Partial<Intent> = {}): Intent {
  const steps: readonly IntentStatus[] = INTENT_TRANSITIONS[intent.status];
  if (!steps.includes(status)) throw new Error(`No step from ${intent.status} to ${status} for ${intent.id}.`);
  return { ...intent, ...change, status };
}
