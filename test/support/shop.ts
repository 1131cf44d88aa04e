import { randomBytes } from 'node:crypto';
import type { TestApi } from './api.js';

export const US_ADDRESS = {
  line1: '1 Market St',
  city: 'San Francisco',
  state: 'CA',
  postal_code: '94105',
  country: 'US',
};

interface ProductOptions {
  readonly title?: string;
  /** Minor units. */
  readonly unitPrice?: number;
  readonly currency?: string;
  readonly onHand?: number;
}

/** A new product with this many units on the shelf, made over HTTP as an admin would. Answers its id. */
export async function stockedProduct(api: TestApi, options: ProductOptions = {}): Promise<string> {
  const { title = 'Enamel mug', unitPrice = 1_000, currency = 'usd', onHand = 10 } = options;
  const admin = api.admin();
  const sku = `SKU-${randomBytes(6).toString('hex')}`;
  const created = await admin.post('/v1/admin/products', { sku, title, unit_price: unitPrice, currency }).expect(201);
  const { id }: { id: string } = created.body;
  if (onHand > 0) await admin.put(`/v1/admin/inventory/${id}`, { on_hand: onHand }).expect(200);
  return id;
}
