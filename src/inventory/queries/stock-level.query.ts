import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import type { StockLevel } from '../domain/stock-level.js';

const COLUMNS = 'p.id AS product_id, coalesce(s.on_hand, 0) AS on_hand, coalesce(s.reserved, 0) AS reserved';
const FROM = 'products p LEFT JOIN stock_levels s ON s.product_id = p.id';
/** An archived product is still of interest while there are units of it. */
const LISTED = '(p.archived_at IS NULL OR s.on_hand > 0)';

/** Stock levels. A product that never had stock has nothing on hand. */
@Injectable()
export class StockLevelQuery {
  constructor(private readonly database: Database) {}

  /** Throws ProductNotFound. */
  async get(productId: ProductId): Promise<StockLevel> {
    const [level] = await this.database.read<StockLevel>(`SELECT ${COLUMNS} FROM ${FROM} WHERE p.id = $1`, [productId]);
    if (!level) throw new ProductNotFound(productId);
    return level;
  }

  /** A page of levels, newest products first. */
  find(page: Page): Promise<Listing<StockLevel>> {
    const plan = { columns: COLUMNS, from: FROM, conditions: new Conditions().always(LISTED), orderBy: 'p.id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `p.id < ${place}` }, page);
  }
}
