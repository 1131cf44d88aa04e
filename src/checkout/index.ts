// The buyer's moves across cart, stock, order and payment: check out, pay, pay again, give up.
// Owns no table; what a payment means for an order and its stock is decided here and nowhere else.
export { CheckoutHttpModule, CheckoutJobsModule } from './checkout.module.js';
