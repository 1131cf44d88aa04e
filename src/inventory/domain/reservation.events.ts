import { eventFamily } from '../../kernel/domain-event.js';
import { integer, listOf, orNull, text, time } from '../../kernel/shape.js';

/** The statement that ends a hold writes this event: see persistence/reservation.repository.ts. */
export const RESERVATION_EVENTS = eventFamily({
  subject: 'the reservation',
  shape: {
    type: text('The type of the event, once more.'),
    reservation_id: text('The reservation, `rsv_…`.'),
    version: integer('Always 1: a reservation expires once.'),
    order_id: orNull(text('The order that it was for.')),
    reference: orNull(text('The name that another service gave it.')),
    expires_at: time('When its time was over.'),
    items: listOf({ product_id: text('The product.'), qty: integer('Units.') }, 'What is available again.'),
  },
  example: {
    type: 'reservation.expired',
    reservation_id: 'rsv_01kaf5d3m0e9wtsz1v5b7x2y4q',
    version: 1,
    order_id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
    reference: null,
    expires_at: '2026-11-20T12:15:00.000Z',
    items: [{ product_id: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q', qty: 2 }],
  },
  kinds: {
    'reservation.expired': { summary: 'A hold on stock ended because its time was over.', example: {} },
  },
});
