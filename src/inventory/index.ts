// What is on the shelf, what of it is promised, and the ledger of every unit that came or went.
// Never knows what a product costs or whether an order was paid; Redis never decides about a unit.
export type {
  DueReservation,
  HeldLine,
  HeldReservation,
  OverdueReservation,
  ReservationLine,
} from './domain/reservation.js';
export { RESERVATION_EVENTS } from './domain/reservation.events.js';
export { STOCK_CHANGED, STOCK_LOW } from './domain/stock.events.js';
export type { Shortage, StockCount, StockLevel } from './domain/stock-level.js';
export { InventoryFacade, type ReserveOutcome, type ReserveRequest } from './inventory.facade.js';
export { InventoryModule } from './inventory.module.js';
export { ReservationExpiryFacade } from './reservation-expiry.facade.js';
export { EXPIRE_RESERVATIONS } from './reservation-signs.js';
export { type Adjustment, StockLedgerFacade } from './stock-ledger.facade.js';
