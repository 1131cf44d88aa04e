import { StockBelowReserved, StockChanged } from './inventory.errors.js';
import type { ReservationLine } from './reservation.js';

/** How many units of a product lie there, and how many of them are promised to somebody. */
export interface StockLevel {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
}

/** What somebody found on the shelf, and what the books said when he began. */
export interface StockCount {
  readonly onHand: number;
  readonly expectedOnHand?: number | undefined;
}

export interface Shortage {
  readonly productId: string;
  readonly requested: number;
  readonly available: number;
}

export function availableOf(level: StockLevel): number {
  return level.onHand - level.reserved;
}

/** Lines of one product count together. By ascending product id, the order in which stock is locked. */
export function mergeLines(lines: readonly ReservationLine[]): ReservationLine[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1));
}

/** Every line that asks for more than is available. A product without a level has nothing available. */
export function findShortages(levels: readonly StockLevel[], lines: readonly ReservationLine[]): Shortage[] {
  const available = new Map(levels.map((level) => [level.productId, availableOf(level)]));
  return lines
    .map(({ productId, quantity }) => ({ productId, requested: quantity, available: available.get(productId) ?? 0 }))
    .filter((line) => line.requested > line.available);
}

/**
 * The change that a count of the shelf makes; 0 where it confirms the books. Throws StockChanged where the counter saw
 * other books, and StockBelowReserved where fewer units would be left than are promised.
 */
export function deltaOfCount(level: StockLevel, count: StockCount): number {
  if (count.expectedOnHand !== undefined && count.expectedOnHand !== level.onHand) throw new StockChanged(level);
  requireCovered(level, count.onHand);
  return count.onHand - level.onHand;
}

/** Throws StockBelowReserved where fewer units would be left than are promised. */
export function requireCovered(level: StockLevel, onHand: number): void {
  if (onHand < level.reserved) throw new StockBelowReserved(level);
}
