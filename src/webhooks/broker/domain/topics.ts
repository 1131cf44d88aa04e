/** Topics of the broker, by contract (docs/kafka.md). */
export const ORDER_EVENTS_TOPIC = 'order.events';
export const PAYMENT_EVENTS_TOPIC = 'payment.events';
/** Copies of what came in on {@link PAYMENT_EVENTS_TOPIC} and could not be worked on. */
export const DEAD_LETTER_TOPIC = 'payment.events.dead-letter';
