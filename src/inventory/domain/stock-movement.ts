import type { Id } from '../../kernel/id.js';

export type MovementId = Id<'mov'>;

/** Why units came or went: a count of the shelf, a correction, a sale, or goods that came back. */
export const MOVEMENT_KINDS = ['count', 'adjustment', 'sale', 'restock'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/** One line of the stock ledger. The sum of all deltas of a product is what is on hand. */
export interface StockMovement {
  readonly id: MovementId;
  readonly productId: string;
  readonly delta: number;
  readonly kind: MovementKind;
  /** What moved it: an order, a refund or the movement itself. One cause moves a product once. */
  readonly cause: string;
  readonly reason: string | null;
  readonly createdAt: Date;
}
