import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import { PRODUCT_COLUMNS, type ProductRow, STOCK_OF_PRODUCT } from './product-row.js';

/** Pages of products for sale, newest first. Ids rise with time, so that this is the primary key backwards. */
@Injectable()
export class ProductListQuery {
  constructor(private readonly database: Database) {}

  find(page: Page): Promise<Listing<ProductRow>> {
    const conditions = new Conditions().always('p.active');
    const plan = { columns: 'p.*', from: 'products p', conditions, orderBy: 'p.id DESC' };
    const show = (rows: string) =>
      `SELECT ${PRODUCT_COLUMNS} FROM (${rows}) p ${STOCK_OF_PRODUCT} ORDER BY ${plan.orderBy}`;
    return readListing(this.database, { ...plan, show, behind: (place) => `p.id < ${place}` }, page);
  }
}
