import { presentOrder } from '../../orders/index.js';
import type { OrderAnswer } from '../use-cases/order-answer.js';
import type { OrderWithPayment } from './order-answer.view.js';

/** The order, plus what the client needs to go on with its payment. */
export function presentOrderAnswer({ order, payment }: OrderAnswer): OrderWithPayment {
  return {
    ...presentOrder(order),
    payment: payment && {
      id: payment.id,
      provider: payment.provider,
      status: payment.status,
      ...(payment.clientSecret === null ? {} : { client_secret: payment.clientSecret }),
      ...(payment.nextAction === null ? {} : { next_action: payment.nextAction }),
    },
  };
}
