import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { newId, type ReservationId } from '../kernel/id.js';
import { Database, type Fragment, type Question, textArray, together, type Tx } from '../platform/database/index.js';
import type { HeldLine, HeldReservation, ReservationLine } from './domain/reservation.js';
import type { ReservationOutcome } from './domain/reservation-state.js';
import { findShortages, mergeLines, type Shortage, type StockLevel } from './domain/stock-level.js';
import { EndReservation } from './end-reservation.js';
import { ReservationRepository } from './persistence/reservation.repository.js';
import { StockRepository } from './persistence/stock.repository.js';
import { ReservationSigns } from './reservation-signs.js';
import { type StockAnnouncer, StockNews } from './stock-news.js';

export interface ReserveRequest {
  /** The order that the stock is held for. Give this or a `reference`, not both. */
  readonly orderId?: string;
  /** Another service's own name for the hold. */
  readonly reference?: string;
  readonly items: readonly ReservationLine[];
  readonly ttlSeconds: number;
}

/** A hold whose end is known. */
export interface TimedReserveRequest extends ReserveRequest {
  readonly expiresAt: Date;
}

/** A hold that becomes a sale. */
export interface SoldHold {
  readonly actor: Actor;
  readonly hold: HeldReservation;
  readonly lines: readonly ReservationLine[];
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
    private readonly signs: ReservationSigns,
    private readonly stock: StockRepository,
    private readonly reservations: ReservationRepository,
    private readonly endReservation: EndReservation,
    @Inject(StockNews) private readonly news: StockAnnouncer,
  ) {}

  /** Holds all lines or none of them; short of stock, it says of each line how much is missing and writes nothing. */
  async reserve(tx: Tx, actor: Actor, request: ReserveRequest): Promise<ReserveOutcome> {
    const { levels, end } = await together(tx, {
      levels: this.askLevels(textArray(productsOf(request.items))),
      end: this.reservations.askEnd(request.ttlSeconds),
    });
    const expiresAt = new Date(end[0]?.atMs ?? NaN);
    return this.reserveFrom(tx, actor, { ...request, expiresAt }, levels);
  }

  /** What has to be asked to reserve, mostly without asking again; `productIds` is an expression of a `text[]`. Locks nothing. */
  askLevels(productIds: Fragment): Question<StockLevel> {
    return this.stock.askLevels(productIds);
  }

  /**
   * The same as {@link reserve}, of levels that were asked for. Where these are enough, the hold is written as far as they still
   * are, under a lock. That they are not, only a lock can say.
   */
  async reserveFrom(
    tx: Tx,
    actor: Actor,
    request: TimedReserveRequest,
    seen: readonly StockLevel[],
  ): Promise<ReserveOutcome> {
    const lines = mergeLines(request.items);
    if (this.database.isRerun(tx) || findShortages(seen, lines).length > 0) {
      const locked = await this.stock.lockLevels(tx, productsOf(lines));
      const shortages = findShortages(locked, lines);
      if (shortages.length > 0) return { kind: 'short', shortages };
    }

    const { orderId = null, reference = null, ttlSeconds, expiresAt } = request;
    const id = newId('rsv');
    await this.reservations.hold(tx, { id, orderId, reference, expiresAt }, lines, this.news.announce(tx, actor));
    const holder = orderId ?? reference ?? '';
    this.database.afterCommit(tx, () => this.signs.show({ id, holder, ttlSeconds, expiresAt }));
    return { kind: 'reserved', reservationId: id, expiresAt };
  }

  /** What has to be asked of a locked order to sell what it holds without asking again. It locks the hold. */
  askHold(orderId: string): { readonly hold: Question<HeldReservation>; readonly held: Question<ReservationLine> } {
    return { hold: this.reservations.askHold(orderId), held: this.reservations.askHeldLines(orderId) };
  }

  /** The same as {@link confirmForOrder}, of a hold that was asked for and is locked. Its stock is locked as it is sold. */
  async confirmHeld(
    tx: Tx,
    actor: Actor,
    hold: HeldReservation | undefined,
    held: readonly ReservationLine[],
  ): Promise<'confirmed' | 'not_active'> {
    const ended = hold !== undefined && (await this.endReservation.end(tx, actor, { ...hold, held }, 'confirmed'));
    return ended ? 'confirmed' : 'not_active';
  }

  /** What these orders hold, as questions. Ask with the orders locked. It locks the holds. */
  askHolds(orderIds: readonly string[]): {
    readonly holds: Question<HeldReservation>;
    readonly held: Question<HeldLine>;
  } {
    return { holds: this.reservations.askHolds(orderIds), held: this.reservations.askLinesOf(orderIds) };
  }

  /** The same as {@link confirmHeld} for many active holds at once, each with what it holds. */
  async confirmAllHeld(tx: Tx, sold: readonly SoldHold[]): Promise<void> {
    const ending = sold.map(({ actor, hold: { id, orderId }, lines }) => {
      return { id, lines, cause: orderId ?? id, traceId: this.news.announce(tx, actor).traceId };
    });
    await this.reservations.sellAll(tx, ending);
    this.database.afterCommit(tx, () => this.signs.hide(...ending.map(({ id }) => id)));
  }

  /** Sells what the order holds, also after the hold's time as long as nobody ended it. */
  async confirmForOrder(tx: Tx, actor: Actor, orderId: string): Promise<'confirmed' | 'not_active'> {
    return (await this.end(tx, actor, orderId, 'confirmed')) ? 'confirmed' : 'not_active';
  }

  /** Gives back what the order holds. */
  async releaseForOrder(tx: Tx, actor: Actor, orderId: string): Promise<'released' | 'not_active'> {
    return (await this.end(tx, actor, orderId, 'released')) ? 'released' : 'not_active';
  }

  /** Gives back what the order holds, because its time is over. */
  async expireForOrder(tx: Tx, actor: Actor, orderId: string): Promise<'expired' | 'not_active'> {
    return (await this.end(tx, actor, orderId, 'expired')) ? 'expired' : 'not_active';
  }

  private async end(tx: Tx, actor: Actor, orderId: string, outcome: ReservationOutcome): Promise<boolean> {
    const reservation = await this.reservations.lockForOrder(tx, orderId);
    return reservation !== undefined && this.endReservation.execute(tx, actor, reservation, outcome);
  }
}

function productsOf(items: readonly ReservationLine[]): string[] {
  return mergeLines(items).map((line) => line.productId);
}
