import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import { type ProductChanges, reviseProduct } from '../domain/product.js';
import { ProductRepository } from '../persistence/product.repository.js';

/** Changes some members of a product; orders keep what they were sold at. Throws ProductNotFound and SkuTaken. */
@Injectable()
export class UpdateProduct {
  constructor(
    private readonly database: Database,
    private readonly products: ProductRepository,
  ) {}

  execute(id: ProductId, changes: ProductChanges): Promise<void> {
    return this.database.transaction(async (tx) => {
      const product = await this.products.lock(tx, id);
      if (!product) throw new ProductNotFound(id);
      await this.products.update(tx, reviseProduct(product, changes));
    });
  }
}
