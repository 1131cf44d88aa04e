import { domainError } from '../../kernel/domain-error.js';

export class OrderNotPaid extends domainError({
  code: 'order_not_paid',
  kind: 'refused',
  summary: 'There is no captured money of this order that could be given back.',
}) {
  constructor(orderId: string, status: string) {
    super(`Order ${orderId} has no money to give back.`, { order_id: orderId, current_status: status });
  }
}

export class RefundExceedsOrdered extends domainError({
  code: 'refund_exceeds_ordered',
  kind: 'invalid',
  summary: 'More units than are left of an item, counting refunds under way. `items` lists what can still be refunded.',
}) {
  constructor(items: readonly { item_id: string; requested: number; refundable: number }[]) {
    const told = items.map((item) => `${item.item_id}: ${item.refundable} of ${item.requested}`).join(', ');
    super(`More than can still be refunded (${told}).`, { items });
  }
}

export class RefundExceedsCaptured extends domainError({
  code: 'refund_exceeds_captured',
  kind: 'invalid',
  summary: 'More money than is left of what was captured, counting refunds under way. `refundable` is what is left.',
}) {
  constructor(requested: number, refundable: number) {
    super(`${requested} is more than the ${refundable} that can still be refunded.`, { requested, refundable });
  }
}

export class RefundNotFound extends domainError({
  code: 'refund_not_found',
  kind: 'not_found',
  summary: 'There is no such refund.',
}) {
  constructor(id: string) {
    super(`There is no refund ${id}.`, { refund_id: id });
  }
}

export class RefundNotRetryable extends domainError({
  code: 'refund_not_retryable',
  kind: 'refused',
  summary:
    'Only a refund that failed or was canceled, and that was made here, can be tried again; not once its payment has paid an order.',
}) {
  constructor(id: string, status: string) {
    super(`Refund ${id} is ${status} and cannot be tried again.`, {
      refund_id: id,
      current_status: status,
    });
  }
}
