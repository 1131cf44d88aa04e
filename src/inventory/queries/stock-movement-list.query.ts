import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import type { StockMovement } from '../domain/stock-movement.js';

/** Pages of a product's ledger, newest movement first. */
@Injectable()
export class StockMovementListQuery {
  constructor(private readonly database: Database) {}

  /** Throws ProductNotFound. */
  async find(productId: ProductId, page: Page): Promise<Listing<StockMovement>> {
    const [counted] = await this.database.read<{ count: number }>(
      'SELECT (SELECT count(*) FROM stock_movements m WHERE m.product_id = p.id) AS count FROM products p WHERE p.id = $1',
      [productId],
    );
    if (!counted) throw new ProductNotFound(productId);
    const rows = await this.database.read<StockMovement>(
      `SELECT id, product_id, delta, kind, cause, reason, created_at FROM stock_movements
       WHERE product_id = $1 AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3 OFFSET $4`,
      [productId, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted.count, hasMore: rows.length > page.limit };
  }
}
