// The one way to Stripe: its own SDK, with an address and time-outs of ours.
// Knows nothing of orders; keys and meaning of each call belong to the payment gateway.
export { createStripe, STRIPE, StripeModule } from './stripe.module.js';
export { type SignedPayload, StripeSignatures } from './signed-payload.js';
export { withinTime } from './within-time.js';
