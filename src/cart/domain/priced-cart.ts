import type { CartId } from '../../kernel/id.js';
import { multiplyMinor, sumMinor } from '../../kernel/money.js';
import type { Cart, PricedLine } from './cart.js';

export interface PricedItem extends PricedLine {
  readonly lineTotal: number;
}

/** What a cart would cost now. Amounts are minor units of `currency`; an empty cart has none. */
export interface PricedCart {
  readonly id: CartId;
  readonly items: readonly PricedItem[];
  readonly subtotal: number;
  readonly currency: string | null;
  readonly version: number;
}

/**
 * Prices a cart. A line whose product went off sale, or was priced anew in another currency than the cart's, stays visible
 * with nothing available: its owner should see what became of it, and checkout decides. The latter counts for no subtotal.
 */
export function priceCart(cart: Cart, lines: readonly PricedLine[]): PricedCart {
  const currency = lines[0]?.currency ?? null;
  const items = lines.map((line) => ({
    ...line,
    available: line.active && line.currency === currency ? line.available : 0,
    lineTotal: multiplyMinor(line.unitPrice, line.quantity),
  }));
  const counted = items.filter((item) => item.currency === currency);
  return {
    id: cart.id,
    items,
    subtotal: sumMinor(counted.map((item) => item.lineTotal)),
    currency,
    version: cart.version,
  };
}
