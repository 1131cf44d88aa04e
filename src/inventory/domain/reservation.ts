import type { OrderId, ReservationId } from '../../kernel/id.js';
import type { ReservationStatus } from './reservation-state.js';

/** A hold on stock, for an order or for a reference of another service. */
export interface Reservation {
  readonly id: ReservationId;
  readonly orderId: OrderId | null;
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

/** What has to be known of a hold to end it. */
export type HeldReservation = Pick<Reservation, 'id' | 'orderId' | 'status'>;

/** A line beside those of other holds. */
export interface HeldLine extends ReservationLine {
  readonly reservationId: ReservationId;
}

/** A hold whose time may be over; whether it is has to be seen under its lock. */
export type DueReservation = Pick<Reservation, 'id' | 'orderId'>;

export interface OverdueReservation extends HeldReservation {
  readonly overdueSeconds: number;
}

/** A hold with everything that it holds. */
export interface ReservationWithItems extends Reservation {
  readonly items: readonly ReservationLine[];
}

/** The key in Redis that shows an active reservation, with its time to live. */
export function reservationKey(id: ReservationId): string {
  return `reservation:${id}`;
}
