import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import { ProductRepository } from '../persistence/product.repository.js';

/** Takes a product off sale and frees its sku. Archiving twice changes nothing more. Throws ProductNotFound. */
@Injectable()
export class ArchiveProduct {
  constructor(
    private readonly database: Database,
    private readonly products: ProductRepository,
  ) {}

  execute(id: ProductId): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (!(await this.products.archive(tx, id))) throw new ProductNotFound(id);
    });
  }
}
