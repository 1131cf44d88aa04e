import type Stripe from 'stripe';
import type { Decline } from './declines.js';
import { newId } from './ids.js';
import { chargeDetailsOf } from './payment-method.js';
import type { Charge, ChargeStatus, Intent } from './records.js';
import type { TestMethod } from './test-methods.js';

export interface ChargeResult {
  readonly status: ChargeStatus;
  readonly captured: boolean;
  readonly decline: Decline | null;
}

/** The charge that one attempt to collect an intent leaves behind, refused ones included. `created` is in Unix seconds. */
export function newCharge(intent: Intent, test: TestMethod, result: ChargeResult, created: number): Charge {
  return {
    id: newId('ch'),
    object: 'charge',
    ...blankCharge,
    amount: intent.amount,
    amount_captured: result.captured ? intent.amount : 0,
    captured: result.captured,
    created,
    currency: intent.currency,
    description: intent.description,
    failure_code: result.decline?.code ?? null,
    failure_message: result.decline?.message ?? null,
    metadata: intent.metadata,
    outcome: outcomeOf(result),
    paid: result.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    payment_method_details: chargeDetailsOf(test, intent.amount),
    receipt_email: intent.receipt_email,
    shipping: intent.shipping,
    status: result.status,
  };
}

export function outcomeOf(result: Pick<ChargeResult, 'status' | 'decline'>): Stripe.Charge.Outcome {
  const declined = result.decline;
  return {
    advice_code: declined?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: declined === null ? null : '01',
    network_status: declined === null ? 'approved_by_network' : 'declined_by_network',
    reason: declined?.declineCode ?? null,
    risk_level: 'normal',
    risk_score: 20,
    seller_message:
      declined === null ? 'Payment complete.' : 'The bank did not return any further details with this decline.',
    type: declined === null ? 'authorized' : 'issuer_declined',
  };
}

const blankCharge = {
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
  calculated_statement_descriptor: 'HOLDFAST SANDBOX',
  customer: null,
  disputed: false,
  failure_balance_transaction: null,
  fraud_details: {},
  livemode: false,
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Charge>;
