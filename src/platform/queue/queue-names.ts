/** Jobs that finish what a request or a crash left open between us and the payment provider. */
export const PAYMENTS_QUEUE = 'payments';

/** Money on its way back. */
export const REFUNDS_QUEUE = 'refunds';
