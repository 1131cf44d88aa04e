import type { Product } from '../domain/product.js';

/** A product with what of it could be sold at this moment. */
export type ProductRow = Pick<Product, 'id' | 'sku' | 'title' | 'description' | 'unitPrice' | 'currency' | 'active'> & {
  readonly availableQuantity: number;
};

export const PRODUCT_COLUMNS = `p.id, p.sku, p.title, p.description, p.unit_price, p.currency, p.active,
  coalesce(s.on_hand - s.reserved, 0) AS available_quantity`;
/** A product that never had stock has none to sell. */
export const STOCK_OF_PRODUCT = 'LEFT JOIN stock_levels s ON s.product_id = p.id';
export const PRODUCT_ROWS = `SELECT ${PRODUCT_COLUMNS} FROM products p ${STOCK_OF_PRODUCT}`;
