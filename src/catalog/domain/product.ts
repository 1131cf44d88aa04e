import type { ProductId } from '../../kernel/id.js';

/** An article that is or was for sale. `unitPrice` is in minor units of `currency`. */
export interface Product {
  readonly id: ProductId;
  readonly sku: string;
  readonly title: string;
  readonly description: string;
  readonly unitPrice: number;
  readonly currency: string;
  /** Whether it can be seen and bought. */
  readonly active: boolean;
  /** Set while it is archived. Orders keep their snapshots, and the sku is free for another product. */
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type ProductDraft = Pick<Product, 'sku' | 'title' | 'description' | 'unitPrice' | 'currency' | 'active'>;

/** The members to change; the others stay. */
export type ProductChanges = { readonly [Member in keyof ProductDraft]?: ProductDraft[Member] | undefined };

/** The product after a change. Activating an archived one brings it back. */
export function reviseProduct(product: Product, changes: ProductChanges): Product {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const revised = { ...product, ...given };
  return revised.active ? { ...revised, archivedAt: null } : revised;
}
