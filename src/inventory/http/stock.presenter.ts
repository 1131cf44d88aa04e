import { availableOf, type StockLevel } from '../domain/stock-level.js';
import type { StockMovement } from '../domain/stock-movement.js';
import type { StockLevelView, StockMovementView } from './stock.view.js';

export function presentLevel(level: StockLevel): StockLevelView {
  return {
    product_id: level.productId,
    on_hand: level.onHand,
    reserved: level.reserved,
    available: availableOf(level),
  };
}

export function presentMovement(movement: StockMovement): StockMovementView {
  return {
    id: movement.id,
    product_id: movement.productId,
    delta: movement.delta,
    kind: movement.kind,
    cause: movement.cause,
    reason: movement.reason,
    created_at: movement.createdAt.toISOString(),
  };
}
