import type { KnownDecline } from './declines.js';

/** What confirming does first: charge at once, wait for the customer, or wait for a slow network. */
export type Flow = 'immediate' | 'authenticate' | 'processing';
/** What happens to a charge that succeeded. */
export type Aftermath = 'none' | 'refund_fails' | 'refund_pending' | 'dispute';

export interface TestMethod {
  readonly description: string;
  readonly type: 'card' | 'us_bank_account';
  readonly brand: 'visa' | 'mastercard';
  readonly last4: string;
  readonly flow: Flow;
  readonly decline: KnownDecline | null;
  readonly aftermath: Aftermath;
}

const visa = (description: string, last4: string, rest: Partial<TestMethod> = {}): TestMethod => ({
  type: 'card',
  brand: 'visa',
  flow: 'immediate',
  decline: null,
  aftermath: 'none',
  ...rest,
  description,
  last4,
});

const declining = (last4: string, decline: KnownDecline): TestMethod =>
  visa(`declined: ${decline}`, last4, { decline });

const DECLINING = {
  '': declining('0002', 'generic_decline'),
  InsufficientFunds: declining('9995', 'insufficient_funds'),
  LostCard: declining('9987', 'lost_card'),
  StolenCard: declining('9979', 'stolen_card'),
  ExpiredCard: declining('0069', 'expired_card'),
  IncorrectCvc: declining('0127', 'incorrect_cvc'),
  ProcessingError: declining('0119', 'processing_error'),
  VelocityLimitExceeded: declining('6975', 'card_velocity_exceeded'),
  Fraudulent: declining('0019', 'fraudulent'),
  FraudulentDecline: declining('0019', 'fraudulent'),
};

// Stripe spells some of these with `visa_` and some without, and integrations use both: every one exists in both forms.
const declineEntries = Object.entries(DECLINING).flatMap(([suffix, method]): [string, TestMethod][] => [
  [`pm_card_chargeDeclined${suffix}`, method],
  [`pm_card_visa_chargeDeclined${suffix}`, method],
]);

/** Test payment methods of https://docs.stripe.com/testing that this sandbox knows. The last four digits are Stripe's. */
export const TEST_METHODS: ReadonlyMap<string, TestMethod> = new Map<string, TestMethod>([
  ['pm_card_visa', visa('succeeds', '4242')],
  ['pm_card_mastercard', visa('succeeds', '4444', { brand: 'mastercard' })],
  ...declineEntries,
  ['pm_card_chargeCustomerFail', visa('declined: generic_decline', '0341', { decline: 'generic_decline' })],
  ['pm_card_radarBlock', visa('declined: fraudulent', '0019', { decline: 'fraudulent' })],
  ['pm_card_authenticationRequired', visa('the customer must approve', '3184', { flow: 'authenticate' })],
  ['pm_card_threeDSecure2Required', visa('the customer must approve', '3220', { flow: 'authenticate' })],
  [
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    visa('approved by the customer, then declined: insufficient_funds', '8260', {
      flow: 'authenticate',
      decline: 'insufficient_funds',
    }),
  ],
  ['pm_card_pendingRefund', visa('refunds are pending first', '7726', { aftermath: 'refund_pending' })],
  ['pm_card_refundFail', visa('refunds succeed, then fail', '5126', { aftermath: 'refund_fails' })],
  ['pm_card_createDispute', visa('succeeds, then is disputed', '0259', { aftermath: 'dispute' })],
  [
    'pm_usBankAccount_processing',
    visa('stays processing until it is settled', '6789', { type: 'us_bank_account', flow: 'processing' }),
  ],
]);
