const address = {
  line1: '1 Market Street',
  city: 'San Francisco',
  state: 'CA',
  postal_code: '94105',
  country: 'US',
};

/** Checkouts to try on the documentation page, with Stripe's test cards. */
export const CHECKOUT_EXAMPLES = {
  charged: {
    summary: 'A card that is charged at once',
    value: { shipping_address: address, payment_method: 'pm_card_visa' },
  },
  declined: {
    summary: 'A card that is declined',
    value: { shipping_address: address, payment_method: 'pm_card_chargeDeclinedInsufficientFunds' },
  },
  authentication: {
    summary: 'A card that asks its holder first (3-D Secure)',
    value: { shipping_address: address, payment_method: 'pm_card_authenticationRequired' },
  },
  client_confirms: {
    summary: 'The client confirms the payment with Stripe by itself',
    value: { shipping_address: address, email: 'buyer@example.com' },
  },
  manual: {
    summary: 'Money is taken outside of Stripe and recorded by the shop',
    value: { shipping_address: address, provider: 'manual' },
  },
} as const;
