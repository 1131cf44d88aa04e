import { orderMachine } from '../domain/order-state.js';
import type { OrderItem } from '../domain/order.js';
import type { AuditEntryView } from '../queries/order-audit.query.js';
import type { OrderView } from '../queries/order-view.js';
import type { PresentedAuditEntry } from './audit-entry.view.js';
import type { PresentedOrder, PresentedOrderItem } from './order.view.js';

/** An order as it goes over the wire. */
export function presentOrder(order: OrderView): PresentedOrder {
  return {
    id: order.id,
    number: order.number,
    customer_id: order.customerId,
    email: order.email,
    status: order.status,
    payment_status: order.paymentStatus,
    fulfillment_status: order.fulfillmentStatus,
    disputed: order.disputed,
    currency: order.currency,
    subtotal: order.subtotal,
    shipping_total: order.shippingTotal,
    tax_total: order.taxTotal,
    discount_total: order.discountTotal,
    total_amount: order.totalAmount,
    refunded_amount: order.refundedAmount,
    items: order.items.map(presentItem),
    shipping_address: order.shippingAddress,
    shipment: order.shipment,
    payment_transaction_id: order.paymentTransactionId,
    reservation_expires_at: order.reservationExpiresAt?.toISOString() ?? null,
    cancel_reason: order.cancelReason,
    allowed_transitions: orderMachine.next(order.status),
    version: order.version,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

function presentItem(item: OrderItem): PresentedOrderItem {
  return {
    id: item.id,
    product_id: item.productId,
    sku: item.sku,
    title: item.title,
    quantity: item.quantity,
    unit_price: item.unitPrice,
    line_total: item.lineTotal,
    refunded_quantity: item.refundedQuantity,
    restocked_quantity: item.restockedQuantity,
  };
}

export function presentAuditEntry(entry: AuditEntryView): PresentedAuditEntry {
  return {
    id: entry.id,
    order_id: entry.orderId,
    actor_id: entry.actorId,
    event_type: entry.eventType,
    previous_state: entry.previousState,
    new_state: entry.newState,
    trace_id: entry.traceId,
    timestamp: entry.timestamp.toISOString(),
  };
}
