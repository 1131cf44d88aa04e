// Attempts to collect money: one intent for an order, every call recorded before it is made.
// Never decides what a payment means for an order or for stock.
export { asPresent, isAtRest, isAuthorized, isMoving, withFact } from './domain/payment-change.js';
export type { ClientHandover, FactKind, GatewayAnswer, PaymentFact } from './domain/payment-fact.js';
export type { Payment, PaymentAttempt } from './domain/payment.js';
export {
  CaptureFailed,
  OrderNotAuthorized,
  OrderPaymentFailed,
  PaymentAlreadyAttached,
  PaymentFailed,
  PaymentInProgress,
  PaymentMismatch,
  PaymentNotFound,
  PaymentProviderMismatch,
  PaymentProviderUnavailable,
} from './domain/payment.errors.js';
export { PAYMENT_GATEWAY, type PaymentGateway } from './gateway/payment-gateway.js';
export { factOfIntent, type IntentReading } from './gateway/stripe-answer.js';
export { PaymentBooks } from './payment-books.facade.js';
export { CALL_LEASE_SECONDS, PaymentsFacade } from './payments.facade.js';
export { PaymentsModule } from './payments.module.js';
export { PAYMENT_METHOD, PAYMENT_METHOD_HINT } from './http/payment.dto.js';
export { StandalonePayments } from './use-cases/standalone-payments.use-case.js';
