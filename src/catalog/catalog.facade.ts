import { Injectable } from '@nestjs/common';
import { newId, type ProductId } from '../kernel/id.js';
import type { Fragment, Question, Tx } from '../platform/database/index.js';
import type { ProductDraft } from './domain/product.js';
import { ProductRepository } from './persistence/product.repository.js';

/** What a sale needs to know of a product, at this moment. */
export interface CatalogProduct {
  readonly id: ProductId;
  readonly sku: string;
  readonly title: string;
  /** Minor units of `currency`. */
  readonly unitPrice: number;
  readonly currency: string;
  /** Whether it is for sale; false for archived products. */
  readonly active: boolean;
}

/** What upper floors may ask of the catalogue in their transaction. */
@Injectable()
export class CatalogFacade {
  constructor(private readonly products: ProductRepository) {}

  /** For programs without a Nest application around them. */
  static standalone(): CatalogFacade {
    return new CatalogFacade(new ProductRepository());
  }

  /** The products among these ids that exist, archived ones included, by ascending id and with one statement. */
  async findProducts(tx: Tx, ids: readonly string[]): Promise<CatalogProduct[]> {
    const products = await this.products.find(tx, ids);
    return products.map(({ id, sku, title, unitPrice, currency, active }) => ({
      id,
      sku,
      title,
      unitPrice,
      currency,
      active,
    }));
  }

  /** The same as a question; `ids` is an expression of a `text[]`. */
  askProducts(ids: Fragment): Question<CatalogProduct> {
    return this.products.ask(ids);
  }

  /** Adds the drafts whose sku no product ever had, archived ones included, and answers the ids of those by sku. */
  async addMissing(tx: Tx, drafts: readonly ProductDraft[]): Promise<ReadonlyMap<string, ProductId>> {
    const added = await this.products.insertUnknown(
      tx,
      drafts.map((draft) => ({ ...draft, id: newId('prod') })),
    );
    return new Map(added.map(({ sku, id }) => [sku, id]));
  }
}
