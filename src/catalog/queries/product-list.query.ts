import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../../platform/database/index.js';
import { PRODUCT_ROWS, type ProductRow } from './product-row.js';

/** Pages of products for sale, newest first. Ids rise with time, so that this is the primary key backwards. */
@Injectable()
export class ProductListQuery {
  constructor(private readonly database: Database) {}

  async find(page: Page): Promise<Listing<ProductRow>> {
    const [counted] = await this.database.read<{ count: number }>(
      'SELECT count(*) AS count FROM products WHERE active',
    );
    const rows = await this.database.read<ProductRow>(
      `${PRODUCT_ROWS} WHERE p.active AND ($1::text IS NULL OR p.id < $1) ORDER BY p.id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
