import type { OrderView, PaymentStatus } from '../../orders/index.js';
import type { ClientHandover, Payment } from '../../payments/index.js';

/** The order after a step, and what the client needs to go on with its payment. */
export interface OrderAnswer {
  readonly order: OrderView;
  readonly payment: PaymentAnswer | null;
}

export interface PaymentAnswer {
  readonly id: string | null;
  readonly provider: 'stripe' | 'manual';
  readonly status: Payment['status'] | PaymentStatus;
  readonly clientSecret: string | null;
  readonly nextAction: Readonly<Record<string, unknown>> | null;
}

export function paymentAnswer(payment: Payment, handover: ClientHandover): PaymentAnswer {
  return {
    id: payment.id,
    provider: payment.provider,
    status: payment.status,
    clientSecret: needsClient(payment) ? handover.clientSecret : null,
    nextAction: handover.nextAction,
  };
}

/** A manual order waits for the shop to record its money; there is nothing for the client to do. */
export function awaitedOutside(): PaymentAnswer {
  return { id: null, provider: 'manual', status: 'pending', clientSecret: null, nextAction: null };
}

function needsClient(payment: Payment): boolean {
  return payment.status === 'pending' || payment.status === 'requires_action' || payment.status === 'failed';
}
