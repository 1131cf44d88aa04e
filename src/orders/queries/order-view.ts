import type { Order, OrderItem } from '../domain/order.js';

export interface ShipmentView {
  readonly id: string;
  readonly status: string;
  readonly zone: string;
  readonly tracking: object | null;
}

/** An order with all that its answer shows. */
export interface OrderView extends Order {
  readonly items: readonly OrderItem[];
  readonly shipment: ShipmentView | null;
}

/** One statement whatever the number of orders: lines and shipment come along as JSON. */
export const ORDER_VIEW_COLUMNS = `o.*,
  (SELECT jsonb_agg(jsonb_build_object('id', i.id, 'productId', i.product_id, 'sku', i.sku, 'title', i.title,
            'quantity', i.quantity, 'unitPrice', i.unit_price, 'lineTotal', i.line_total,
            'refundedQuantity', i.refunded_quantity, 'restockedQuantity', i.restocked_quantity) ORDER BY i.id)
     FROM order_items i WHERE i.order_id = o.id) AS items,
  (SELECT jsonb_build_object('id', s.id, 'status', s.status, 'zone', s.zone, 'tracking', s.tracking)
     FROM shipments s WHERE s.order_id = o.id) AS shipment`;
