import type { ProductRow } from '../queries/product-row.js';
import type { ProductView } from './product.view.js';

export function presentProduct(product: ProductRow): ProductView {
  return {
    id: product.id,
    sku: product.sku,
    title: product.title,
    description: product.description,
    unit_price: product.unitPrice,
    currency: product.currency,
    available_quantity: product.availableQuantity,
    active: product.active,
  };
}
