import type { DomainEvent } from '../../kernel/domain-event.js';
import type { Order, OrderItem } from './order.js';

/** An order event carries what mail, warehouse and search need, so that none of them has to ask back. */
export function orderEvent(type: string, order: Order, items: readonly OrderItem[]): DomainEvent {
  return {
    type,
    aggregateId: order.id,
    version: order.version,
    data: {
      type,
      order_id: order.id,
      order_number: order.number,
      order_version: order.version,
      status: order.status,
      payment_status: order.paymentStatus,
      user_email: order.email,
      customer_id: order.customerId,
      amount_cents: order.totalAmount,
      currency: order.currency,
      items: items.map((item) => ({
        product_id: item.productId,
        qty: item.quantity,
        unit_price_cents: item.unitPrice,
      })),
    },
  };
}

/** The state of an order as the audit trail keeps it, before and after a change. */
export function auditState(order: Order): Readonly<Record<string, unknown>> {
  return {
    status: order.status,
    payment_status: order.paymentStatus,
    fulfillment_status: order.fulfillmentStatus,
    disputed: order.disputed,
    total: order.totalAmount,
    currency: order.currency,
    refunded_amount: order.refundedAmount,
    payment_transaction_id: order.paymentTransactionId,
    cancel_reason: order.cancelReason,
    version: order.version,
  };
}
