import type { OrderItemId } from '../../kernel/id.js';
import { RefundExceedsOrdered } from './refund.errors.js';
import type { RefundItem } from './refund.js';

/** An item as a client names it: by its own id, by its product, or by both. */
export interface RequestedItem {
  readonly itemId: string | undefined;
  readonly productId: string | undefined;
  readonly quantity: number;
}

interface OrderedItem {
  readonly id: OrderItemId;
  readonly productId: string | null;
}

/** The order's items that a client means. Throws RefundExceedsOrdered where he names one that was not ordered. */
export function requestedItems(requested: readonly RequestedItem[], ordered: readonly OrderedItem[]): RefundItem[] {
  const units = new Map<OrderItemId, number>();
  for (const { itemId, productId, quantity } of requested) {
    const item = ordered.find(({ id, productId: sold }) => (itemId ?? id) === id && (productId ?? sold) === sold);
    if (!item) {
      throw new RefundExceedsOrdered([{ item_id: itemId ?? productId ?? '', requested: quantity, refundable: 0 }]);
    }
    units.set(item.id, (units.get(item.id) ?? 0) + quantity);
  }
  return [...units].map(([orderItemId, quantity]) => ({ orderItemId, quantity }));
}
