import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import type { StockMovement } from '../domain/stock-movement.js';

/** Pages of a product's ledger, newest movement first. */
@Injectable()
export class StockMovementListQuery {
  constructor(private readonly database: Database) {}

  /** Throws ProductNotFound. */
  async find(productId: ProductId, page: Page): Promise<Listing<StockMovement>> {
    const plan = {
      columns: 'id, product_id, delta, kind, cause, reason, created_at',
      from: 'stock_movements',
      conditions: new Conditions().add((place) => `product_id = ${place}`, productId),
      orderBy: 'id DESC',
      behind: (place: string) => `id < ${place}`,
    };
    const listing = await readListing<StockMovement>(this.database, plan, page);
    if (listing.totalCount === 0 && !(await this.isKnown(productId))) throw new ProductNotFound(productId);
    return listing;
  }

  private async isKnown(id: ProductId): Promise<boolean> {
    return (await this.database.read('SELECT 1 AS one FROM products WHERE id = $1', [id])).length > 0;
  }
}
