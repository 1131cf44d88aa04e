import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import { PRODUCT_ROWS, type ProductRow } from './product-row.js';

/** One product. Throws ProductNotFound where there is none. */
@Injectable()
export class ProductQuery {
  constructor(private readonly database: Database) {}

  /** For the shop window: a product that is not for sale is not there. */
  async getForSale(id: ProductId): Promise<ProductRow> {
    const product = await this.get(id);
    if (!product.active) throw new ProductNotFound(id);
    return product;
  }

  /** For the office: archived ones too. */
  async get(id: ProductId): Promise<ProductRow> {
    const [product] = await this.database.read<ProductRow>(`${PRODUCT_ROWS} WHERE p.id = $1`, [id]);
    if (!product) throw new ProductNotFound(id);
    return product;
  }
}
