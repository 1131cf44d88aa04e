import type { Payment } from '../domain/payment.js';
import type { PresentedPayment, PresentedStandalonePayment } from './payment.view.js';

export function presentStandalonePayment(payment: Payment): PresentedStandalonePayment {
  return {
    id: payment.id,
    transaction_id: payment.id,
    status: payment.status,
    amount: payment.amount,
    currency: payment.currency,
    created_at: payment.createdAt.toISOString(),
  };
}

export function presentPayment(payment: Payment): PresentedPayment {
  return {
    id: payment.id,
    order_id: payment.orderId,
    status: payment.status,
    amount: payment.amount,
    currency: payment.currency,
    provider: payment.provider,
    provider_payment_id: payment.providerPaymentId,
    created_at: payment.createdAt.toISOString(),
  };
}
