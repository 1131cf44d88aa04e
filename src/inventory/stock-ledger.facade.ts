import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { ProductNotFound } from '../kernel/product-not-found.js';
import type { Tx } from '../platform/database/index.js';
import type { ReservationLine } from './domain/reservation.js';
import { deltaOfCount, mergeLines, requireCovered, type StockCount, type StockLevel } from './domain/stock-level.js';
import { StockRepository } from './persistence/stock.repository.js';
import { type StockAnnouncer, StockNews } from './stock-news.js';

export interface Adjustment {
  readonly productId: string;
  /** Units that came, or that went where it is negative; never 0. */
  readonly delta: number;
  readonly reason: string;
}

/**
 * Units that come and go outside of any sale. Each method locks the level of its product, opens one where the product never
 * had stock, and writes the change into the ledger. They throw ProductNotFound, and StockBelowReserved where fewer units
 * would be left than are promised.
 */
@Injectable()
export class StockLedgerFacade {
  constructor(
    private readonly stock: StockRepository,
    @Inject(StockNews) private readonly news: StockAnnouncer,
  ) {}

  /** For programs without a Nest application around them. They ring for nobody: the relay finds by itself what they did. */
  static standalone(): StockLedgerFacade {
    return new StockLedgerFacade(new StockRepository(), {
      announce: (_tx, { traceId }) => ({ traceId, lowStockThreshold: 0 }),
    });
  }

  /** Books what was counted on the shelf; a count that confirms the books leaves no trace. Also throws StockChanged. */
  async count(tx: Tx, actor: Actor, productId: string, count: StockCount): Promise<StockLevel> {
    const level = await this.lock(tx, productId);
    const delta = deltaOfCount(level, count);
    if (delta === 0) return level;
    return this.stock.move(tx, { productId, delta, kind: 'count', reason: null }, this.news.announce(tx, actor));
  }

  /** Books units that somebody found, lost, broke or received. */
  async adjust(tx: Tx, actor: Actor, { productId, delta, reason }: Adjustment): Promise<StockLevel> {
    const level = await this.lock(tx, productId);
    requireCovered(level, level.onHand + delta);
    return this.stock.move(tx, { productId, delta, kind: 'adjustment', reason }, this.news.announce(tx, actor));
  }

  /**
   * Puts sold units back on the shelf. One cause restocks a product once, however often it is told; answers the products that
   * came back now.
   */
  async restock(tx: Tx, actor: Actor, cause: string, items: readonly ReservationLine[]): Promise<readonly string[]> {
    const lines = mergeLines(items);
    const products = lines.map((line) => line.productId);
    await this.stock.lockLevels(tx, products);
    return this.stock.restock(tx, { cause, lines }, this.news.announce(tx, actor));
  }

  private async lock(tx: Tx, productId: string): Promise<StockLevel> {
    const level = await this.stock.lockOrOpenLevel(tx, productId);
    if (!level) throw new ProductNotFound(productId);
    return level;
  }
}
