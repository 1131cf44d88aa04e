import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import type { StockLevel } from '../domain/stock-level.js';
import { type Adjustment, StockLedgerFacade } from '../stock-ledger.facade.js';

/** Books units that came or went outside of any sale, once per key. Throws ProductNotFound and StockBelowReserved. */
@Injectable()
export class AdjustStock {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly ledger: StockLedgerFacade,
  ) {}

  execute(actor: Actor, call: IdempotentCall<StockLevel>, adjustment: Adjustment): Promise<Answer> {
    return this.idempotency.once(call, (claim) =>
      this.database.transaction(async (tx) => {
        await claim.take(tx);
        const level = await this.ledger.adjust(tx, actor, adjustment);
        return claim.finish(tx, level, adjustment.productId);
      }),
    );
  }
}
