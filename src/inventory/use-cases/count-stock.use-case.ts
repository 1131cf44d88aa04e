import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import type { StockCount, StockLevel } from '../domain/stock-level.js';
import { InventoryFacade } from '../inventory.facade.js';

/** Sets the stock of a product to what was counted. Throws ProductNotFound, StockChanged and StockBelowReserved. */
@Injectable()
export class CountStock {
  constructor(
    private readonly database: Database,
    private readonly inventory: InventoryFacade,
  ) {}

  execute(productId: ProductId, count: StockCount): Promise<StockLevel> {
    return this.database.transaction((tx) => this.inventory.count(tx, productId, count));
  }
}
