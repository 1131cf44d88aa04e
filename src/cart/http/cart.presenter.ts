import type { PricedCart, PricedItem } from '../domain/priced-cart.js';
import type { CartItemView, CartView } from './cart.view.js';

export function presentCart(cart: PricedCart): CartView {
  return {
    id: cart.id,
    items: cart.items.map(presentItem),
    subtotal: cart.subtotal,
    currency: cart.currency,
    version: cart.version,
  };
}

function presentItem(item: PricedItem): CartItemView {
  return {
    product_id: item.productId,
    sku: item.sku,
    title: item.title,
    quantity: item.quantity,
    unit_price: item.unitPrice,
    line_total: item.lineTotal,
    available_quantity: item.available,
  };
}
