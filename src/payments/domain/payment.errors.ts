import { domainError } from '../../kernel/domain-error.js';

export class PaymentInProgress extends domainError({
  code: 'payment_in_progress',
  kind: 'conflict',
  summary: 'A payment of this order is under way. Wait for its outcome; the order’s `payment_status` tells it.',
}) {
  constructor(orderId: string) {
    super(`A payment of order ${orderId} is under way. Wait for its outcome.`, { order_id: orderId });
  }
}

export class PaymentNotFound extends domainError({
  code: 'payment_not_found',
  kind: 'not_found',
  summary: 'There is no such payment, or it is somebody else’s.',
}) {
  constructor(id: string) {
    super(`There is no payment ${id}.`, { payment_id: id });
  }
}

export class PaymentAlreadyAttached extends domainError({
  code: 'payment_already_attached',
  kind: 'conflict',
  summary: 'The payment belongs to another order already.',
}) {
  constructor(id: string) {
    super(`Payment ${id} belongs to an order already.`, { payment_id: id });
  }
}

export class PaymentMismatch extends domainError({
  code: 'payment_mismatch',
  kind: 'invalid',
  summary: 'The payment has not succeeded, some of it went back, or its amount or currency is not the order’s.',
}) {
  constructor(id: string, facts: Readonly<Record<string, unknown>>) {
    super(`Payment ${id} does not fit the order: status, amount and currency must be those of the order.`, {
      payment_id: id,
      ...facts,
    });
  }
}

export class PaymentFailed extends domainError({
  code: 'payment_failed',
  kind: 'payment_declined',
  summary: 'The card was declined; `decline_code` says why as far as the provider tells. Use another payment method.',
}) {
  constructor(id: string, declineCode: string | null) {
    super('The payment was declined. Use another payment method.', { payment_id: id, decline_code: declineCode });
  }
}

export class OrderPaymentFailed extends domainError({
  code: 'order_payment_failed',
  kind: 'payment_declined',
  summary:
    'The card was declined. The order is kept as `payment_failed`, the cart is kept, the stock is free again; pay the order with another method.',
}) {
  constructor(orderId: string, declineCode: string | null) {
    super('The payment was declined. The order is kept; pay it with another payment method.', {
      order_id: orderId,
      decline_code: declineCode,
    });
  }
}

export class PaymentProviderMismatch extends domainError({
  code: 'payment_provider_mismatch',
  kind: 'invalid',
  summary: 'The order is to be paid another way: a `manual` order is recorded by the shop, a `stripe` order by card.',
}) {
  constructor(orderId: string, provider: string) {
    super(`Order ${orderId} is paid by '${provider}', not this way.`, { order_id: orderId, provider });
  }
}

export class PaymentProviderUnavailable extends domainError({
  code: 'payment_provider_unavailable',
  kind: 'unavailable',
  summary:
    'The payment provider could not be reached, or is not configured. Nothing was lost; repeat the request later.',
}) {
  constructor(reason: string) {
    super(
      'The payment provider cannot be reached just now. Repeat the request in a few seconds.',
      {
        retry_after_seconds: 2,
      },
      { cause: new Error(reason) },
    );
  }
}

export class OrderNotAuthorized extends domainError({
  code: 'order_not_authorized',
  kind: 'refused',
  summary: 'Only an order whose `payment_status` is `authorized` can be captured.',
}) {
  constructor(orderId: string, paymentStatus: string) {
    super(`Order ${orderId} has no authorized payment to capture: its payment status is '${paymentStatus}'.`, {
      order_id: orderId,
      payment_status: paymentStatus,
    });
  }
}

export class CaptureFailed extends domainError({
  code: 'capture_failed',
  kind: 'payment_declined',
  summary:
    'Stripe did not capture the money. `payment_status` says whether it is still `authorized` and can be captured again, or the authorization is gone and the order waits for another payment.',
}) {
  constructor(orderId: string, paymentStatus: string) {
    super(`The money of order ${orderId} was not captured.`, { order_id: orderId, payment_status: paymentStatus });
  }
}
