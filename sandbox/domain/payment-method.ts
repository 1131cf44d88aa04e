import type Stripe from 'stripe';
import type { TestMethod } from './test-methods.js';

const BILLING_DETAILS = { address: null, email: null, name: null, phone: null, tax_id: null };
const EXPIRY = { exp_month: 8, exp_year: 2035 };

/** The PaymentMethod object of a test payment method. Only the last four digits of a test number are ever kept. */
export function paymentMethodOf(id: string, test: TestMethod, created: number): Stripe.PaymentMethod {
  const common = {
    id,
    object: 'payment_method' as const,
    allow_redisplay: 'unspecified',
    billing_details: BILLING_DETAILS,
    created,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
  };
  if (test.type === 'us_bank_account') return { ...common, type: 'us_bank_account' };
  return { ...common, type: 'card', card: cardOf(test) };
}

function cardOf(test: TestMethod): Stripe.PaymentMethod.Card {
  return {
    brand: test.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: test.brand,
    ...EXPIRY,
    fingerprint: `sandbox${test.last4}`,
    funding: 'credit',
    generated_from: null,
    last4: test.last4,
    networks: { available: [test.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

/** `payment_method_details` of a charge made with this method. */
export function chargeDetailsOf(test: TestMethod, amount: number): Stripe.Charge.PaymentMethodDetails {
  if (test.type === 'us_bank_account') return { type: 'us_bank_account' };
  return {
    type: 'card',
    card: {
      amount_authorized: amount,
      authorization_code: null,
      brand: test.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      electronic_commerce_indicator: null,
      ...EXPIRY,
      fingerprint: `sandbox${test.last4}`,
      funding: 'credit',
      installments: null,
      last4: test.last4,
      mandate: null,
      network: test.brand,
      network_transaction_id: null,
      regulated_status: 'unregulated',
      three_d_secure: null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}
