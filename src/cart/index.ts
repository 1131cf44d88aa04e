// Lines that a customer collected before they are a promise, with live prices.
// Never reserves stock, and never refuses what is not there: checkout decides.
export { CartFacade } from './cart.facade.js';
export { CartModule } from './cart.module.js';
export type { CartLine } from './domain/cart.js';
export { CurrencyMismatch } from './domain/cart.errors.js';
