import { newId, type ProductId } from '../../src/kernel/id.js';

type Query = (text: string, parameters: readonly unknown[]) => Promise<unknown>;

export interface ProductOptions {
  readonly title?: string;
  /** Minor units. */
  readonly unitPrice?: number;
  readonly currency?: string;
  readonly active?: boolean;
  readonly archived?: boolean;
  /** Without it the product has no stock row at all. */
  readonly onHand?: number;
  readonly reserved?: number;
}

export interface TestProduct {
  readonly id: ProductId;
  readonly sku: string;
  readonly title: string;
  readonly unitPrice: number;
  readonly currency: string;
}

/** Puts a product into the catalogue, straight into its tables, with its stock if `onHand` is given. */
export async function addProduct(query: Query, options: ProductOptions = {}): Promise<TestProduct> {
  const id = newId('prod');
  const { title = 'Blue mug', unitPrice = 1_250, currency = 'usd', archived = false, onHand, reserved = 0 } = options;
  const sku = `SKU-${id.slice(-8).toUpperCase()}`;
  await query(
    `INSERT INTO products (id, sku, title, unit_price, currency, active, archived_at)
     VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END)`,
    [id, sku, title, unitPrice, currency, options.active ?? !archived, archived],
  );
  if (onHand !== undefined) {
    await query('INSERT INTO stock_levels (product_id, on_hand, reserved) VALUES ($1, $2, $3)', [id, onHand, reserved]);
    if (onHand > 0) {
      await query(`INSERT INTO stock_movements (id, product_id, delta, kind, cause) VALUES ($1, $2, $3, 'count', $1)`, [
        newId('mov'),
        id,
        onHand,
      ]);
    }
  }
  return { id, sku, title, unitPrice, currency };
}
