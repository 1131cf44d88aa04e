import { domainError } from '../../kernel/domain-error.js';

export class OrderNotFound extends domainError({
  code: 'order_not_found',
  kind: 'not_found',
  summary: 'There is no such order, or it is somebody else’s.',
}) {
  constructor(id: string) {
    super(`There is no order ${id}.`, { order_id: id });
  }
}

export class InvalidTransition extends domainError({
  code: 'invalid_transition',
  kind: 'refused',
  summary: 'The order’s status does not allow this move. `allowed_transitions` of the order lists those that it does.',
}) {
  constructor(orderId: string, from: string, to: string) {
    super(`Cannot transition from '${from}' to '${to}'`, {
      order_id: orderId,
      current_status: from,
      requested_status: to,
    });
  }
}

export class OrderAlreadyPaid extends domainError({
  code: 'order_already_paid',
  kind: 'refused',
  summary: 'The order is paid. Its first transaction id stays.',
}) {
  constructor(orderId: string) {
    super(`Order ${orderId} is paid already.`, { order_id: orderId });
  }
}

export class AmountTooLarge extends domainError({
  code: 'amount_too_large',
  kind: 'invalid',
  summary: 'The total is above 99 999 999 minor units, the most that one payment can carry. Split the order.',
}) {
  constructor(limit: number) {
    super(`The total is above ${limit} minor units. Split the order.`, { limit });
  }
}
