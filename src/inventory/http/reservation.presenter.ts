import type { ReservationWithItems } from '../domain/reservation.js';
import type { ReservationView } from './reservation.view.js';

export function presentReservation(reservation: ReservationWithItems): ReservationView {
  return {
    id: reservation.id,
    order_id: reservation.orderId,
    reference: reservation.reference,
    status: reservation.status,
    items: reservation.items.map(({ productId, quantity }) => ({ product_id: productId, quantity })),
    expires_at: reservation.expiresAt.toISOString(),
  };
}
