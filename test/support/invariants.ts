/** Whatever can run SQL: the database of a test API, a data source, a pool. */
export interface Queryable {
  query(text: string): Promise<unknown>;
}

/** Moves that an order may make, written down here once more: a test must not learn the truth from the code under test. */
const ALLOWED_MOVES = `('created', 'paid'), ('created', 'payment_failed'), ('created', 'cancelled'),
  ('payment_failed', 'paid'), ('payment_failed', 'cancelled'), ('paid', 'fulfilled'), ('paid', 'refunded'),
  ('fulfilled', 'archived')`;

/** States that an order reaches through `paid` alone. */
const SOLD = `('paid', 'fulfilled', 'archived', 'refunded')`;

/**
 * Whether a person took exactly the money that there is for exactly this total. Only the immutable trail can say so, and it
 * says so of no other amount, total or currency.
 */
const ACCEPTED = `EXISTS (SELECT FROM audit_entries a WHERE a.order_id = o.id AND a.event_type = 'order_money_accepted'
  AND (a.new_state->>'total', a.new_state->>'currency', a.new_state->>'captured_amount')
    = (SELECT o.total_amount::text, o.currency, sum(c.captured_amount)::text FROM payments c
       WHERE c.order_id = o.id AND c.status = 'succeeded' AND c.currency = o.currency))`;

/** What holds after every commit, whatever crashed. Each statement answers the rows that break it. */
const INVARIANTS: Readonly<Record<string, string>> = {
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
    SELECT o.id, o.version, a.entries, e.events FROM orders o
    CROSS JOIN LATERAL (SELECT count(*) AS entries, min(version) AS first, max(version) AS last
                        FROM audit_entries WHERE order_id = o.id AND version IS NOT NULL) a
    CROSS JOIN LATERAL (SELECT count(*) AS events, min(version) AS first, max(version) AS last
                        FROM outbox_events WHERE aggregate_id = o.id) e
    WHERE (o.version, o.version, o.version, o.version, 1, 1)
      IS DISTINCT FROM (a.entries, a.last, e.events, e.last, a.first, e.first)`,
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
};

/** What holds as well once the dust has settled: nothing is under way any more. */
const SETTLED: Readonly<Record<string, string>> = {
  'no payment has an unknown outcome': `SELECT id, order_id, status, next_check_at FROM payments WHERE status = 'processing'`,
  'no call to the provider is left open': `SELECT id, payment_id, "action" FROM payment_attempts WHERE outcome = 'unknown'`,
  'no order waits for an outcome': `SELECT id, status, payment_status FROM orders WHERE payment_status = 'processing'`,
  'a failed order holds no stock': `
    SELECT r.id, o.id AS order_id FROM reservations r JOIN orders o ON o.id = r.order_id
    WHERE r.status = 'active' AND o.status <> 'created'`,
};

/** Fails with every broken invariant and its rows. True after every commit, so call it at any time. */
export async function expectInvariants(database: Queryable): Promise<void> {
  expect(await violationsOf(database, INVARIANTS)).toEqual({});
}

/** {@link expectInvariants}, and that no payment is under way. */
export async function expectSettled(database: Queryable): Promise<void> {
  expect(await violationsOf(database, { ...INVARIANTS, ...SETTLED })).toEqual({});
}

/**
 * Fails unless what Stripe captured and what the orders say are the same, amount by amount: nobody paid twice, nobody got
 * anything for nothing. For tests without refunds.
 */
export async function expectBooksAgree(
  database: Queryable,
  stripe: { capturedByOrder(): Promise<ReadonlyMap<string | null, readonly { readonly captured: number }[]>> },
): Promise<void> {
  const sold: unknown = await database.query(
    `SELECT id, total_amount::integer AS total FROM orders WHERE status IN ${SOLD} AND provider = 'stripe'`,
  );
  if (!Array.isArray(sold)) throw new Error('the database answers no rows');
  const books = Object.fromEntries(sold.map(({ id, total }: { id: string; total: number }) => [id, [total]]));
  const captured = [...(await stripe.capturedByOrder())].filter(([orderId]) => orderId !== null);
  expect(Object.fromEntries(captured.map(([id, charges]) => [id, charges.map((charge) => charge.captured)]))).toEqual(
    books,
  );
}

async function violationsOf(
  database: Queryable,
  invariants: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const violations: Record<string, unknown> = {};
  for (const [sentence, text] of Object.entries(invariants)) {
    const rows = await database.query(text);
    if (!Array.isArray(rows)) throw new Error('the database answers no rows');
    if (rows.length > 0) violations[sentence] = rows.slice(0, 3);
  }
  return violations;
}
