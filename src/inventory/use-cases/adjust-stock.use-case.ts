import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { requireCovered, type StockLevel } from '../domain/stock-level.js';
import { StockRepository } from '../persistence/stock.repository.js';

export interface Adjustment {
  readonly productId: ProductId;
  /** Units that came, or that went where it is negative; never 0. */
  readonly delta: number;
  readonly reason: string;
}

/** Books units that came or went outside of any sale, once per key. Throws ProductNotFound and StockBelowReserved. */
@Injectable()
export class AdjustStock {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly stock: StockRepository,
  ) {}

  execute(call: IdempotentCall<StockLevel>, { productId, delta, reason }: Adjustment): Promise<Answer> {
    return this.idempotency.once(call, (claim) =>
      this.database.transaction(async (tx) => {
        await claim.take(tx);
        const level = await this.stock.lockOrOpenLevel(tx, productId);
        if (!level) throw new ProductNotFound(productId);
        requireCovered(level, level.onHand + delta);
        const moved = await this.stock.move(tx, { productId, delta, kind: 'adjustment', reason });
        return claim.finish(tx, moved, productId);
      }),
    );
  }
}
