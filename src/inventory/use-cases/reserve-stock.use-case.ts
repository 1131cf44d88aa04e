import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { ReservationId } from '../../kernel/id.js';
import { ProductNotFound } from '../../kernel/product-not-found.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { InsufficientStock } from '../domain/inventory.errors.js';
import type { ReservationLine, ReservationWithItems } from '../domain/reservation.js';
import { InventoryFacade } from '../inventory.facade.js';
import { ReservationRepository } from '../persistence/reservation.repository.js';
import { StockRepository } from '../persistence/stock.repository.js';
import { ReservationQuery } from '../queries/reservation.query.js';

export interface ReserveStockCommand {
  /** Another service's own name for the hold. It stands for one hold for ever, however often it is asked for. */
  readonly reference: string;
  readonly items: readonly ReservationLine[];
  /** Undefined: as long as stock is held for an order. */
  readonly ttlSeconds: number | undefined;
}

/** Holds stock for another service, all lines or none. Throws ProductNotFound and InsufficientStock. */
@Injectable()
export class ReserveStock {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly inventory: InventoryFacade,
    private readonly reservations: ReservationRepository,
    private readonly stock: StockRepository,
    private readonly query: ReservationQuery,
  ) {}

  execute(actor: Actor, command: ReserveStockCommand): Promise<ReservationWithItems> {
    return this.database.transaction(async (tx) => {
      const known = await this.reservations.lockReference(tx, command.reference);
      return this.query.getWithin(tx, known ?? (await this.reserve(tx, actor, command)));
    });
  }

  private async reserve(
    tx: Tx,
    actor: Actor,
    { reference, items, ttlSeconds }: ReserveStockCommand,
  ): Promise<ReservationId> {
    const missing = await this.stock.findMissing(
      tx,
      items.map((item) => item.productId),
    );
    if (missing !== undefined) throw new ProductNotFound(missing);
    const outcome = await this.inventory.reserve(tx, actor, {
      reference,
      items,
      ttlSeconds: ttlSeconds ?? this.config.RESERVATION_TTL_SECONDS,
    });
    if (outcome.kind === 'short') throw new InsufficientStock(outcome.shortages);
    return outcome.reservationId;
  }
}
