// Money given back: asked for under the cap of what was captured, sent to the provider, followed until it is settled.
// Never gives back more than was captured, and never decides that an order should be refunded.
export { OrderNotPaid } from './domain/refund.errors.js';
export { REFUND_EVENTS } from './domain/refund.events.js';
export type { Refund, RefundFact } from './domain/refund.js';
export { REFUND_GATEWAY, type RefundGateway } from './gateway/refund-gateway.js';
export { factOfRefund, type RefundReading } from './gateway/stripe-refund-gateway.js';
export { RefundBooks } from './refund-books.facade.js';
export { RefundFacts, type RefundFactOutcome } from './refund-facts.facade.js';
export { RefundsFacade } from './refunds.facade.js';
export { RefundsJobsModule, RefundsModule } from './refunds.module.js';
