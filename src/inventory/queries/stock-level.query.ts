import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import type { StockLevel } from '../domain/stock-level.js';

const LEVELS = `
  SELECT p.id AS product_id, coalesce(s.on_hand, 0) AS on_hand, coalesce(s.reserved, 0) AS reserved
  FROM products p LEFT JOIN stock_levels s ON s.product_id = p.id`;
/** An archived product is still of interest while there are units of it. */
const LISTED = '(p.archived_at IS NULL OR s.on_hand > 0)';

/** Stock levels. A product that never had stock has nothing on hand. */
@Injectable()
export class StockLevelQuery {
  constructor(private readonly database: Database) {}

  /** Throws ProductNotFound. */
  async get(productId: ProductId): Promise<StockLevel> {
    const [level] = await this.database.read<StockLevel>(`${LEVELS} WHERE p.id = $1`, [productId]);
    if (!level) throw new ProductNotFound(productId);
    return level;
  }

  /** A page of levels, newest products first. */
  async find(page: Page): Promise<Listing<StockLevel>> {
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM products p LEFT JOIN stock_levels s ON s.product_id = p.id WHERE ${LISTED}`,
    );
    const rows = await this.database.read<StockLevel>(
      `${LEVELS} WHERE ${LISTED} AND ($1::text IS NULL OR p.id < $1) ORDER BY p.id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
