import { Injectable } from '@nestjs/common';
import { newId, type ReservationId } from '../kernel/id.js';
import { Database, type Tx } from '../platform/database/index.js';
import { RedisStore } from '../platform/redis/index.js';
import { type ReservationLine, reservationKey } from './domain/reservation.js';
import { type ReservationOutcome, reservationMachine } from './domain/reservation-state.js';
import { findShortages, mergeLines, type Shortage } from './domain/stock-level.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { StockRepository } from './persistence/stock.repository.js';

export interface ReserveRequest {
  /** The order that the stock is held for. Give this or a `reference`, not both. */
  readonly orderId?: string;
  /** Another service's own name for the hold. */
  readonly reference?: string;
  readonly items: readonly ReservationLine[];
  readonly ttlSeconds: number;
}

export type ReserveOutcome =
  | { readonly kind: 'reserved'; readonly reservationId: ReservationId; readonly expiresAt: Date }
  | { readonly kind: 'short'; readonly shortages: readonly Shortage[] };

/**
 * What upper floors may do with stock in their transaction. Locks: the reservation, then its stock rows by ascending
 * product id. Every hold ends exactly once, whatever is called twice or at the same time.
 */
@Injectable()
export class InventoryFacade {
  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly stock: StockRepository,
    private readonly reservations: ReservationRepository,
  ) {}

  /** Holds all lines or none of them; short of stock, it says of each line how much is missing and writes nothing. */
  async reserve(tx: Tx, request: ReserveRequest): Promise<ReserveOutcome> {
    const lines = mergeLines(request.items);
    const levels = await this.stock.lockLevels(
      tx,
      lines.map((line) => line.productId),
    );
    const shortages = findShortages(levels, lines);
    if (shortages.length > 0) return { kind: 'short', shortages };

    const { orderId = null, reference = null, ttlSeconds } = request;
    const id = newId('rsv');
    const expiresAt = await this.reservations.hold(tx, { id, orderId, reference, ttlSeconds }, lines);
    this.database.afterCommit(tx, () => this.redis.put(reservationKey(id), orderId ?? reference ?? '', ttlSeconds));
    return { kind: 'reserved', reservationId: id, expiresAt };
  }

  /** Sells what the order holds, also after the hold's time as long as nobody ended it. */
  async confirmForOrder(tx: Tx, orderId: string): Promise<'confirmed' | 'not_active'> {
    const ended = await this.end(tx, orderId, 'confirmed');
    return ended ? 'confirmed' : 'not_active';
  }

  /** Gives back what the order holds. */
  async releaseForOrder(tx: Tx, orderId: string): Promise<'released' | 'not_active'> {
    const ended = await this.end(tx, orderId, 'released');
    return ended ? 'released' : 'not_active';
  }

  private async end(tx: Tx, orderId: string, outcome: ReservationOutcome): Promise<boolean> {
    const reservation = await this.reservations.lockForOrder(tx, orderId);
    if (!reservation || !reservationMachine.allows(reservation.status, outcome)) return false;

    const { id } = reservation;
    const lines = await this.reservations.lockHeldLines(tx, id);
    if (outcome === 'confirmed') await this.reservations.sell(tx, id, lines, orderId);
    else await this.reservations.giveBack(tx, id, lines, outcome);
    this.database.afterCommit(tx, () => this.redis.drop(reservationKey(id)));
    return true;
  }
}
