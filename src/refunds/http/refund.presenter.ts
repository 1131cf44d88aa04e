import type { RefundView } from '../queries/refund.query.js';
import type { PresentedRefund } from './refund.view.js';

/** A refund as it goes over the wire. */
export function presentRefund(refund: RefundView): PresentedRefund {
  return {
    id: refund.id,
    order_id: refund.orderId,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    reason: refund.reason,
    failure_code: refund.failureCode,
    items: refund.items.map((item) => ({
      item_id: item.itemId,
      product_id: item.productId,
      quantity: item.quantity,
    })),
    restock: refund.restock,
    external: refund.external,
    created_at: refund.createdAt.toISOString(),
  };
}
