import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { CONFIG, type Config } from '../platform/config/index.js';
import type { Tx } from '../platform/database/index.js';
import { Outbox } from '../platform/outbox/index.js';
import type { Announcement } from './persistence/stock-change.js';

/** Whoever changes stock announces it with this. */
export interface StockAnnouncer {
  /** What the statement that changes stock has to know to write the events of the change itself. */
  announce(tx: Tx, actor: Actor): Announcement;
}

/** Announces with the threshold of the configuration, and rings for the relay once the change is durable. */
@Injectable()
export class StockNews implements StockAnnouncer {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly outbox: Outbox,
  ) {}

  announce(tx: Tx, { traceId }: Actor): Announcement {
    this.outbox.ringAfter(tx);
    return { traceId, lowStockThreshold: this.config.LOW_STOCK_THRESHOLD };
  }
}
