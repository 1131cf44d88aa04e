import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { ProductId } from '../../kernel/id.js';
import { Database } from '../../platform/database/index.js';
import type { StockCount, StockLevel } from '../domain/stock-level.js';
import { StockLedgerFacade } from '../stock-ledger.facade.js';

/** Sets the stock of a product to what was counted. Throws ProductNotFound, StockChanged and StockBelowReserved. */
@Injectable()
export class CountStock {
  constructor(
    private readonly database: Database,
    private readonly ledger: StockLedgerFacade,
  ) {}

  execute(actor: Actor, productId: ProductId, count: StockCount): Promise<StockLevel> {
    return this.database.transaction((tx) => this.ledger.count(tx, actor, productId, count));
  }
}
