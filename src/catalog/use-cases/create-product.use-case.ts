import { Injectable } from '@nestjs/common';
import { newId, type ProductId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import type { ProductDraft } from '../domain/product.js';
import { ProductRepository } from '../persistence/product.repository.js';

/** Puts a new product into the catalogue. It has no stock yet: every unit enters by a movement. Throws SkuTaken. */
@Injectable()
export class CreateProduct {
  constructor(
    private readonly database: Database,
    private readonly products: ProductRepository,
  ) {}

  execute(draft: ProductDraft): Promise<ProductId> {
    return this.database.transaction(async (tx) => {
      const id = newId('prod');
      await this.products.insert(tx, { ...draft, id });
      return id;
    });
  }
}
