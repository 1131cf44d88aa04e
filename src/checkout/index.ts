// The buyer's moves across cart, stock, order and payment: check out, pay, pay again, give up.
// Owns no table; what a payment means for an order and its stock is decided here and nowhere else.
export { CheckoutHttpModule, CheckoutJobsModule, CheckoutModule } from './checkout.module.js';
export { PaymentFacts, type PaymentFactOutcome } from './use-cases/payment-facts.js';
export { type PaymentReport, ReportedPayments } from './use-cases/reported-payments.js';
