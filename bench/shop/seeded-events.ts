import type { BenchServices } from './services.js';

/** Where the relay of the worker listens (src/platform/outbox/outbox-bell.ts). */
const CHANNEL = 'holdfast_outbox';

/** The trace of all these events. */
export const SEEDED_TRACE = 'bench';

/**
 * Puts events into the outbox as if orders had just been made and paid, two of each, and rings for them once they are
 * committed. The orders themselves are not there: nobody on the way of an event looks at them. `series` has to be new.
 */
export function seedEvents(services: BenchServices, database: string, series: number, count: number): Promise<void> {
  return services.execute(
    database,
    `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
     SELECT 'evt_' || place, 'ord_' || lpad('${series}', 6, '0') || lpad((n / 2)::text, 20, '0'), 1 + n % 2, type,
       json_build_object('type', type, 'order_id', 'ord_' || lpad('${series}', 6, '0') || lpad((n / 2)::text, 20, '0'),
         'order_number', 1000 + n / 2, 'order_version', 1 + n % 2, 'status', split_part(type, '.', 2),
         'payment_status', 'paid', 'user_email', 'buyer@example.com', 'customer_id', 'buyer_' || n / 2,
         'amount_cents', 4599, 'currency', 'usd', 'items', json_build_array(
           json_build_object('product_id', 'prod_' || lpad('1', 26, '0'), 'qty', 1, 'unit_price_cents', 2000),
           json_build_object('product_id', 'prod_' || lpad('2', 26, '0'), 'qty', 1, 'unit_price_cents', 2000)))::text,
       '${SEEDED_TRACE}'
     FROM (SELECT n, lpad('${series}', 6, '0') || lpad(n::text, 20, '0') AS place,
             CASE WHEN n % 2 = 0 THEN 'order.created' ELSE 'order.paid' END AS type
           FROM generate_series(0, ${count - 1}) n) made`,
    `NOTIFY ${CHANNEL}`,
  );
}
