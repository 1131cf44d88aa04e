import type Stripe from 'stripe';
import type { AttemptRequest, PaymentAttempt } from '../domain/payment.js';

/** Makes the recorded call, under a recorded idempotency key: the SDK's own would not survive a crash. */
export function callStripe(stripe: Stripe, attempt: PaymentAttempt): Promise<Stripe.PaymentIntent> {
  const { request } = attempt;
  const options = { idempotencyKey: request.key ?? attempt.id };
  switch (attempt.action) {
    case 'create':
      return stripe.paymentIntents.create(intentParameters(request), options);
    case 'confirm':
      return stripe.paymentIntents.confirm(requireIntent(request), methodOf(request), options);
    case 'cancel':
      return stripe.paymentIntents.cancel(requireIntent(request), {}, options);
    case 'capture':
      return stripe.paymentIntents.capture(requireIntent(request), {}, options);
    default:
      return attempt.action satisfies never;
  }
}

function intentParameters(request: AttemptRequest): Stripe.PaymentIntentCreateParams {
  return {
    amount: request.amount,
    currency: request.currency,
    ...(request.captureMethod === undefined ? {} : { capture_method: request.captureMethod }),
    // Redirects need a browser at hand, which a server-side confirmation has not.
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    metadata: {
      payment_id: request.paymentId,
      ...(request.orderId === null ? {} : { order_id: request.orderId }),
    },
    ...(request.paymentMethod === null ? {} : { ...methodOf(request), confirm: true }),
  };
}

function methodOf(request: AttemptRequest): { payment_method?: string } {
  return request.paymentMethod === null ? {} : { payment_method: request.paymentMethod };
}

function requireIntent(request: AttemptRequest): string {
  if (request.providerPaymentId === null) throw new Error(`payment ${request.paymentId} has no intent yet`);
  return request.providerPaymentId;
}
