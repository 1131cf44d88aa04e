import type Stripe from 'stripe';
import { newId, randomText } from './ids.js';
import type { Intent } from './records.js';

export interface IntentTerms {
  readonly amount: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly allowRedirects: 'always' | 'never';
  readonly metadata: Stripe.Metadata;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  readonly shipping: Stripe.PaymentIntent.Shipping | null;
}

/** A fresh intent in `requires_payment_method`. `created` is in Unix seconds. */
export function newIntent(terms: IntentTerms, created: number): Intent {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    ...blankIntent,
    amount: terms.amount,
    automatic_payment_methods: { allow_redirects: terms.allowRedirects, enabled: true },
    capture_method: terms.captureMethod,
    client_secret: `${id}_secret_${randomText(25)}`,
    created,
    currency: terms.currency,
    description: terms.description,
    metadata: terms.metadata,
    receipt_email: terms.receiptEmail,
    shipping: terms.shipping,
    statement_descriptor: terms.statementDescriptor,
    statement_descriptor_suffix: terms.statementDescriptorSuffix,
    status: 'requires_payment_method',
  };
}

/** Members that this sandbox never fills, or fills only later in an intent's life. */
const blankIntent = {
  allowed_payment_method_types: null,
  amount_capturable: 0,
  amount_details: { tip: {} },
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  canceled_at: null,
  cancellation_reason: null,
  confirmation_method: 'automatic',
  customer: null,
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  },
  payment_method_types: ['card'],
  payment_record: null,
  processing: null,
  review: null,
  setup_future_usage: null,
  source: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Intent>;
