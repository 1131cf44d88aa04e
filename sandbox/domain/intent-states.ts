/**
 * Where an intent may go from each status (https://docs.stripe.com/payments/paymentintents/lifecycle). A decline leads
 * back to `requires_payment_method`, so an intent may be confirmed again and again until it succeeds or is canceled.
 */
export const INTENT_TRANSITIONS = {
  requires_payment_method: [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ],
  requires_confirmation: [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ],
  requires_action: [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ],
  processing: ['requires_payment_method', 'requires_capture', 'succeeded', 'canceled'],
  requires_capture: ['succeeded', 'canceled'],
  succeeded: [],
  canceled: [],
} as const;

export type IntentStatus = keyof typeof INTENT_TRANSITIONS;
