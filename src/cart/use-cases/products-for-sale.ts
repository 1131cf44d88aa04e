import { Injectable } from '@nestjs/common';
import { CatalogFacade, type CatalogProduct, ProductNotFound } from '../../catalog/index.js';
import { isId } from '../../kernel/id.js';
import type { Tx } from '../../platform/database/index.js';

/** The products that a change of a cart is about. */
@Injectable()
export class ProductsForSale {
  constructor(private readonly catalog: CatalogFacade) {}

  /** The products in the order of their ids, with one statement. Throws ProductNotFound for the first that is not for sale. */
  async getAll(tx: Tx, ids: readonly string[]): Promise<CatalogProduct[]> {
    if (ids.length === 0) return [];
    const found = await this.catalog.findProducts(
      tx,
      ids.filter((id) => isId('prod', id)),
    );
    const products = new Map<string, CatalogProduct>(found.map((product) => [product.id, product]));
    return ids.map((id) => {
      const product = products.get(id);
      if (!product?.active) throw new ProductNotFound(id.slice(0, 64));
      return product;
    });
  }

  async get(tx: Tx, id: string): Promise<CatalogProduct> {
    const [product] = await this.getAll(tx, [id]);
    if (!product) throw new ProductNotFound(id);
    return product;
  }
}
