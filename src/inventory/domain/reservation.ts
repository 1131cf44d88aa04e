import type { ReservationId } from '../../kernel/id.js';
import type { ReservationStatus } from './reservation-state.js';

/** A hold on stock, for an order or for a reference of another service. */
export interface Reservation {
  readonly id: ReservationId;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly status: ReservationStatus;
  /** By the database's clock. A confirmation may still come after it, as long as nobody expired the reservation. */
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface ReservationLine {
  readonly productId: string;
  readonly quantity: number;
}

/** The key in Redis that shows an active reservation, with its time to live. */
export function reservationKey(id: ReservationId): string {
  return `reservation:${id}`;
}
