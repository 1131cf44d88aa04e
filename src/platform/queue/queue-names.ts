/** Jobs that finish what a request or a crash left open between us and the payment provider. */
export const PAYMENTS_QUEUE = 'payments';

/** Holds on stock whose time is over. */
export const RESERVATIONS_QUEUE = 'reservations';

/** Money on its way back. */
export const REFUNDS_QUEUE = 'refunds';

/** What the payment provider told us and nobody has worked on yet. */
export const WEBHOOKS_QUEUE = 'webhooks';

/** What we tell others, on its way to webhook endpoints. */
export const DELIVERIES_QUEUE = 'deliveries';

export const QUEUES = [PAYMENTS_QUEUE, REFUNDS_QUEUE, RESERVATIONS_QUEUE, WEBHOOKS_QUEUE, DELIVERIES_QUEUE] as const;
