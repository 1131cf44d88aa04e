import { ORDER_TRANSITIONS } from './orders/index.js';

/** The moves of the transition table, as a list of SQL rows. */
const ALLOWED_MOVES = Object.entries(ORDER_TRANSITIONS)
  .flatMap(([from, targets]) => targets.map((to) => `('${from}', '${to}')`))
  .join(', ');

/** States that an order reaches through `paid` alone. */
const SOLD = `('paid', 'fulfilled', 'archived', 'refunded')`;

/** Events from before this time may have been forgotten on purpose; a transaction takes a minute at most. */
const HORIZON = `coalesce((SELECT max(pruned_before) FROM outbox_horizon) + interval '1 minute', '-infinity')`;

/**
 * Whether a person took exactly the money that there is for exactly this total. Only the immutable trail can say so, and it
 * says so of no other amount, total or currency.
 */
const ACCEPTED = `EXISTS (SELECT FROM audit_entries a WHERE a.order_id = o.id AND a.event_type = 'order_money_accepted'
  AND (a.new_state->>'total', a.new_state->>'currency', a.new_state->>'captured_amount')
    = (SELECT o.total_amount::text, o.currency, sum(c.captured_amount)::text FROM payments c
       WHERE c.order_id = o.id AND c.status = 'succeeded' AND c.currency = o.currency))`;

/** What holds after every commit, whatever crashed. Each statement answers the rows that break it. */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'what is on hand is the sum of the movements': `
    SELECT s.product_id, s.on_hand, coalesce(sum(m.delta), 0) AS moved
    FROM stock_levels s LEFT JOIN stock_movements m ON m.product_id = s.product_id
    GROUP BY s.product_id HAVING s.on_hand <> coalesce(sum(m.delta), 0)`,
  'what is reserved is the sum of the active reservations': `
    SELECT s.product_id, s.reserved, coalesce(sum(l.quantity), 0) AS held
    FROM stock_levels s LEFT JOIN (reservation_lines l JOIN reservations r
      ON r.id = l.reservation_id AND r.status = 'active') ON l.product_id = s.product_id
    GROUP BY s.product_id HAVING s.reserved <> coalesce(sum(l.quantity), 0)`,
  'stock is never negative and never promised twice': `
    SELECT * FROM stock_levels WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand`,
  'an active reservation belongs to an order that may still be paid': `
    SELECT r.id, o.id AS order_id, o.status, o.payment_status FROM reservations r LEFT JOIN orders o ON o.id = r.order_id
    WHERE r.status = 'active' AND r.reference IS NULL AND NOT coalesce(
      o.status = 'created' OR (o.status = 'payment_failed' AND o.payment_status <> 'failed'), false)`,
  'an order that waits for its money holds its stock': `
    SELECT o.id FROM orders o WHERE o.status = 'created' AND o.payment_status <> 'review'
      AND 1 <> (SELECT count(*) FROM reservations r WHERE r.order_id = o.id AND r.status = 'active')`,
  'a sold order has a captured payment of its amount and currency': `
    SELECT o.id, o.total_amount, o.currency FROM orders o WHERE o.status IN ${SOLD}
      AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = o.id AND p.status = 'succeeded'
        AND p.captured_amount = o.total_amount AND p.amount = o.total_amount AND p.currency = o.currency)
      AND NOT ${ACCEPTED}`,
  'captured money belongs to a sold order or goes back, or a person was told': `
    SELECT p.id, o.id AS order_id, o.status, o.payment_status FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.captured_amount > 0 AND o.status NOT IN ${SOLD} AND o.payment_status <> 'review'
      AND NOT (o.status = 'cancelled' AND (p.refund_hold = p.captured_amount OR ${ACCEPTED}))`,
  'an order is captured at most once, or a person was told, or the surplus goes back': `
    SELECT p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
    WHERE p.captured_amount > p.refund_hold AND o.payment_status <> 'review' AND NOT ${ACCEPTED}
    GROUP BY p.order_id HAVING count(*) > 1`,
  'what paid an order goes back in the name of this order alone': `
    SELECT o.id, r.id AS refund_id, r.amount FROM orders o JOIN payments p ON p.id = o.payment_transaction_id
    JOIN refunds r ON r.payment_id = p.id AND r.status NOT IN ('failed', 'canceled')
    WHERE r.order_id IS DISTINCT FROM o.id`,
  'an authorized order has an authorized payment of its amount and currency': `
    SELECT o.id, o.total_amount, o.currency FROM orders o WHERE o.payment_status = 'authorized'
      AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = o.id AND p.status = 'authorized'
        AND p.captured_amount = 0 AND p.amount = o.total_amount AND p.currency = o.currency)`,
  'the transaction of a paid order is its payment': `
    SELECT o.id, o.payment_transaction_id FROM orders o WHERE o.status = 'paid' AND o.provider = 'stripe'
      AND NOT EXISTS (SELECT FROM payments p WHERE p.id = o.payment_transaction_id AND p.order_id = o.id)`,
  'the version counts the audit entries and the events': `
    SELECT o.id, o.version, a.entries, e.events, f.forgotten FROM orders o
    CROSS JOIN LATERAL (SELECT count(*) AS entries, min(version) AS first, max(version) AS last
                        FROM audit_entries WHERE order_id = o.id AND version IS NOT NULL) a
    CROSS JOIN LATERAL (SELECT count(*) AS events, min(version) AS first, max(version) AS last
                        FROM outbox_events WHERE aggregate_id = o.id) e
    CROSS JOIN LATERAL (SELECT count(*) AS forgotten FROM audit_entries b
                        WHERE b.order_id = o.id AND b.version IS NOT NULL AND b."timestamp" < ${HORIZON}
                          AND b.version < coalesce(e.first, o.version + 1)) f
    WHERE (o.version, o.version, o.version, 1) IS DISTINCT FROM (a.entries, a.last, e.events + f.forgotten, a.first)
      OR (e.events > 0 AND (e.last, e.first) IS DISTINCT FROM (o.version, f.forgotten + 1))`,
  'the version of a refund counts its events': `
    SELECT r.id, r.version, e.events FROM refunds r
    CROSS JOIN LATERAL (SELECT count(*) AS events, max(version) AS last FROM outbox_events WHERE aggregate_id = r.id) e
    WHERE r.created_at >= ${HORIZON} AND (r.version, r.version) IS DISTINCT FROM (e.events, e.last)`,
  'the last event about stock tells how it is': `
    SELECT s.product_id, s.version, s.on_hand, s.reserved, e.payload FROM stock_levels s
    LEFT JOIN outbox_events e ON e.aggregate_id = s.product_id AND e.version = s.version
    WHERE s.version > 0 AND (e.id IS NOT NULL OR s.updated_at >= ${HORIZON})
      AND (s.on_hand::text, s.reserved::text) IS DISTINCT FROM (e.payload::json->>'on_hand', e.payload::json->>'reserved')`,
  'places in the feed follow the versions': `
    SELECT e.id, e.aggregate_id, e.version FROM outbox_events e
    JOIN outbox_events before ON before.aggregate_id = e.aggregate_id AND before.version = e.version - 1
    WHERE e."position" < before."position" OR (e."position" IS NOT NULL AND before."position" IS NULL)`,
  'each change begins where the last one ended': `
    SELECT * FROM (SELECT order_id, version, previous_state,
                     lag(new_state) OVER (PARTITION BY order_id ORDER BY version) AS before
                   FROM audit_entries WHERE version IS NOT NULL) chain
    WHERE previous_state IS DISTINCT FROM before`,
  'an order makes allowed moves alone': `
    SELECT order_id, version, previous_state->>'status' AS "from", new_state->>'status' AS "to" FROM audit_entries
    WHERE version IS NOT NULL AND NOT CASE
      WHEN previous_state IS NULL THEN version = 1 AND new_state->>'status' = 'created'
      ELSE previous_state->>'status' = new_state->>'status'
        OR (previous_state->>'status', new_state->>'status') IN (VALUES ${ALLOWED_MOVES}) END`,
  'the last change is the state of the order': `
    SELECT o.id, o.status, o.payment_status, a.new_state FROM orders o
    LEFT JOIN audit_entries a ON a.order_id = o.id AND a.version = o.version
    WHERE (o.status, o.payment_status, o.version::text)
      IS DISTINCT FROM (a.new_state->>'status', a.new_state->>'payment_status', a.new_state->>'version')`,
  'the total is lines, shipping and tax less discount': `
    SELECT o.id FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id
    HAVING o.subtotal <> sum(i.quantity * i.unit_price) OR sum(i.line_total) <> o.subtotal
      OR o.total_amount <> o.subtotal + o.shipping_total + o.tax_total - o.discount_total`,
  'a line knows when its order was placed and what it came to': `
    SELECT i.id, i.order_created_at, o.created_at, i.order_total_amount, o.total_amount
    FROM order_items i JOIN orders o ON o.id = i.order_id
    WHERE (i.order_created_at, i.order_total_amount) IS DISTINCT FROM (o.created_at, o.total_amount)`,
  'an order has lines': `SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id)`,
  'each sold line left the shelf exactly once, and nothing else did': `
    SELECT coalesce(sold.cause, moved.cause) AS cause, sold.quantity, moved.units FROM
      (SELECT i.order_id AS cause, i.product_id, i.quantity FROM order_items i JOIN orders o ON o.id = i.order_id
       WHERE o.status IN ${SOLD} AND i.product_id IS NOT NULL
       UNION ALL
       SELECT r.id, l.product_id, l.quantity FROM reservations r JOIN reservation_lines l ON l.reservation_id = r.id
       WHERE r.reference IS NOT NULL AND r.status = 'confirmed') sold
    FULL JOIN (SELECT cause, product_id, -sum(delta) AS units, count(*) AS times FROM stock_movements
               WHERE kind = 'sale' GROUP BY cause, product_id) moved
      ON moved.cause = sold.cause AND moved.product_id = sold.product_id
    WHERE sold.quantity IS DISTINCT FROM moved.units OR moved.times <> 1`,
  'a reservation is confirmed once for a sold order and for no other': `
    SELECT o.id, o.status, count(r.id) FILTER (WHERE r.status = 'confirmed') AS confirmed
    FROM orders o LEFT JOIN reservations r ON r.order_id = o.id GROUP BY o.id
    HAVING count(r.id) FILTER (WHERE r.status = 'confirmed') <> CASE WHEN o.status IN ${SOLD} THEN 1 ELSE 0 END`,
  'what refunds hold is held on their payment, and never more than was captured': `
    SELECT p.id, p.captured_amount, p.refund_hold, coalesce(sum(r.amount), 0) AS live
    FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id AND r.status NOT IN ('failed', 'canceled')
    GROUP BY p.id HAVING p.refund_hold <> coalesce(sum(r.amount), 0) OR p.refund_hold > p.captured_amount`,
  'what an order says was refunded is the sum of its refunds': `
    SELECT o.id, o.refunded_amount, coalesce(sum(r.amount), 0) AS refunded
    FROM orders o LEFT JOIN refunds r ON r.order_id = o.id AND r.status = 'succeeded'
    GROUP BY o.id HAVING o.refunded_amount <> least(coalesce(sum(r.amount), 0), o.total_amount)`,
  'a refunded unit belongs to a refund that went through': `
    SELECT i.id, i.refunded_quantity, coalesce(sum(u.quantity), 0) AS refunded
    FROM order_items i LEFT JOIN (refund_items u JOIN refunds r ON r.id = u.refund_id AND r.status = 'succeeded')
      ON u.order_item_id = i.id
    GROUP BY i.id HAVING i.refunded_quantity <> coalesce(sum(u.quantity), 0)`,
  'a restocked unit came back to the shelf exactly once': `
    SELECT o.id AS order_id, i.product_id, i.restocked_quantity, coalesce(sum(m.delta), 0) AS moved
    FROM orders o JOIN order_items i ON i.order_id = o.id
    LEFT JOIN (refunds r JOIN stock_movements m ON m.cause = r.id AND m.kind = 'restock')
      ON r.order_id = o.id AND m.product_id = i.product_id
    WHERE i.product_id IS NOT NULL
    GROUP BY o.id, i.id HAVING i.restocked_quantity <> coalesce(sum(m.delta), 0)`,
};

/** What a running worker brings about within seconds: rows mean that nobody looks after them. */
export const PUNCTUALITY: Readonly<Record<string, string>> = {
  'no reservation is held for long after its end': `
    SELECT r.id, r.order_id, r.expires_at FROM reservations r
    WHERE r.status = 'active' AND r.expires_at < now() - interval '15 seconds'
      AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = r.order_id
        AND (p.status = 'processing'
          OR EXISTS (SELECT FROM payment_attempts a WHERE a.payment_id = p.id AND a.outcome = 'unknown')))`,
  'no payment waits for a look that is due': `
    SELECT id, order_id, status, next_check_at FROM payments WHERE next_check_at < now() - interval '60 seconds'`,
  'no refund waits for a look that is due': `
    SELECT id, order_id, status, next_check_at FROM refunds WHERE next_check_at < now() - interval '60 seconds'`,
  'no event waits to be published or sent': `
    SELECT id, type, aggregate_id, status, created_at, last_error FROM outbox_events
    WHERE status IN ('pending', 'sending') AND created_at < now() - interval '60 seconds'`,
  'no event was given up': `SELECT id, type, aggregate_id, attempts, last_error FROM outbox_events WHERE status = 'dead'`,
  'no request left an order behind whose payment nobody follows': `
    SELECT k.id, o.id AS order_id FROM idempotency_keys k JOIN orders o ON o.creation_key = k.id
    WHERE k.status = 'running' AND k.lease_until < now() - interval '60 seconds' AND o.payment_status = 'processing'`,
};
