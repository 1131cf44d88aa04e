-- The history of a shop that has sold for a long time, written in bulk. `growOrders` sets grown.count and runs this file
-- in one transaction. What it leaves behind obeys every rule of src/invariants.ts.

SET LOCAL synchronous_commit = off;
SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '256MB';
-- Foreign keys hold by construction, and checking them row by row takes longer than writing the rows.
SET LOCAL session_replication_role = 'replica';

-- The first ten characters of an id: 48 bits of milliseconds in Crockford's base32.
CREATE FUNCTION pg_temp.stamp(moment timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + ((ms >> shift) & 31)::int, 1), '' ORDER BY shift DESC)
  FROM (SELECT floor(extract(epoch FROM moment) * 1000)::bigint AS ms) t, generate_series(0, 45, 5) shift
$$;

INSERT INTO products (id, sku, title, unit_price, currency)
SELECT 'prod_' || lpad(n::text, 26, '0'), 'SKU-' || n, 'Product number ' || n, 1000 + 25 * (n % 40), 'usd'
FROM generate_series(1, 1000) n WHERE NOT EXISTS (SELECT FROM products WHERE active AND currency = 'usd');
INSERT INTO stock_levels (product_id) SELECT id FROM products WHERE active AND currency = 'usd' ON CONFLICT DO NOTHING;

CREATE TEMP TABLE grown_products ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, sku, title, unit_price, count(*) OVER () AS of
FROM products WHERE active AND currency = 'usd';
CREATE UNIQUE INDEX ON grown_products (place);

-- One order every 30 s until an hour ago, and 20 orders of each customer. `n` goes on where the last run ended.
CREATE TEMP TABLE grown_orders ON COMMIT DROP AS
SELECT *, pg_temp.stamp(at) || lpad(n::text, 15, '0') AS suffix,
  CASE WHEN fate IN ('payment_failed', 'refunded') OR (fate = 'sold' AND n % 2 = 0) THEN 'stripe' ELSE 'manual' END AS provider,
  CASE WHEN fate <> 'sold' THEN fate WHEN age < interval '2 days' THEN 'paid'
       -- A few are put away early, so that each list of the youngest shop has a page as well.
       WHEN age < interval '30 days' AND n % 10 < 9 THEN 'fulfilled' ELSE 'archived' END AS status
FROM (
  SELECT base.n + i AS n, 'grown_' || i % greatest(total.n / 20, 1) AS customer_id,
    now() - make_interval(secs => 3600 + 30 * (total.n - i)) AS at,
    make_interval(secs => 3600 + 30 * (total.n - i)) AS age,
    -- Which products are bought has nothing to do with how the order ends, as far as PostgreSQL can see.
    hashint8extended(base.n + i, 7) & 1048575 AS drawn,
    CASE WHEN i % 100 < 8 THEN 'cancelled' WHEN i % 100 < 13 THEN 'payment_failed' WHEN i % 100 < 18 THEN 'refunded'
         WHEN i % 100 < 28 AND total.n - i < 17000 THEN 'created' ELSE 'sold' END AS fate
  FROM (SELECT count(*) AS n FROM orders WHERE customer_id LIKE 'grown\_%') base,
    (SELECT current_setting('grown.count')::bigint AS n) total, generate_series(1, total.n) i
) drawn;
CREATE UNIQUE INDEX ON grown_orders (n);

-- Two different products in each order, or the only one that there is.
CREATE TEMP TABLE grown_lines ON COMMIT DROP AS
SELECT o.n, side, o.fate, o.at, 'item_' || o.suffix || side AS id, 'ord_' || o.suffix || '0' AS order_id, p.id AS product_id,
  p.sku, p.title, 1 + (o.n + side) % 2 AS quantity, p.unit_price
FROM grown_orders o, generate_series(0, (SELECT least(count(*), 2) - 1 FROM grown_products)) side
JOIN LATERAL (SELECT * FROM grown_products g WHERE g.place = (o.drawn * 7919 + side) % (SELECT count(*) FROM grown_products)) p ON true;
CREATE INDEX ON grown_lines (n);

CREATE TEMP TABLE grown_totals ON COMMIT DROP AS
SELECT n, sum(quantity * unit_price)::bigint AS subtotal, sum(quantity * unit_price)::bigint + 649 AS total,
  json_agg(json_build_object('product_id', product_id, 'qty', quantity, 'unit_price_cents', unit_price)) AS items
FROM grown_lines GROUP BY n;
CREATE UNIQUE INDEX ON grown_totals (n);
ANALYZE grown_orders, grown_lines, grown_totals;

INSERT INTO orders (id, customer_id, email, status, payment_status, fulfillment_status, provider, currency, subtotal,
  shipping_total, total_amount, refunded_amount, shipping_address, payment_transaction_id, reservation_expires_at,
  cancel_reason, cart_id, cart_version, creation_key, version, created_at, updated_at)
SELECT 'ord_' || suffix || '0', customer_id, customer_id || '@example.com', status,
  CASE fate WHEN 'payment_failed' THEN 'failed' WHEN 'refunded' THEN 'refunded' WHEN 'sold' THEN 'paid' ELSE 'unpaid' END,
  CASE WHEN status IN ('fulfilled', 'archived') THEN 'shipped' ELSE 'unfulfilled' END, provider, 'usd', subtotal, 649, total,
  CASE fate WHEN 'refunded' THEN total ELSE 0 END,
  '{"line1": "1 Market St", "city": "San Francisco", "state": "CA", "postal_code": "94105", "country": "US"}',
  CASE WHEN fate NOT IN ('sold', 'refunded') THEN NULL WHEN provider = 'stripe' THEN 'pay_' || suffix || '0' ELSE 'till-' || n END,
  CASE fate WHEN 'created' THEN at + interval '7 days' END, CASE fate WHEN 'cancelled' THEN 'reservation_expired' END,
  'cart_' || suffix || '0', 2, 'idk_' || suffix || '0',
  CASE status WHEN 'created' THEN 1 WHEN 'fulfilled' THEN 3 WHEN 'refunded' THEN 3 WHEN 'archived' THEN 4 ELSE 2 END,
  at, at + interval '1 hour'
FROM grown_orders JOIN grown_totals USING (n) ORDER BY n;

INSERT INTO order_items (id, order_id, order_created_at, order_total_amount, product_id, sku, title, quantity, unit_price,
  line_total, refunded_quantity, restocked_quantity)
SELECT id, order_id, at, total, product_id, sku, title, quantity, unit_price, quantity * unit_price,
  CASE fate WHEN 'refunded' THEN quantity ELSE 0 END, CASE fate WHEN 'refunded' THEN quantity ELSE 0 END
FROM grown_lines JOIN grown_totals USING (n) ORDER BY n, side;

INSERT INTO shipments (id, order_id, zone, status, created_at, updated_at)
SELECT 'shp_' || suffix || '0', 'ord_' || suffix || '0', 'us_west',
  CASE WHEN status IN ('fulfilled', 'archived') THEN 'shipped' WHEN status IN ('paid', 'refunded') THEN 'ready'
       WHEN status = 'cancelled' THEN 'cancelled' ELSE 'pending_payment' END, at, at
FROM grown_orders ORDER BY n;

INSERT INTO reservations (id, order_id, status, expires_at, created_at, settled_at)
SELECT 'rsv_' || suffix || '0', 'ord_' || suffix || '0',
  CASE fate WHEN 'created' THEN 'active' WHEN 'cancelled' THEN 'expired' WHEN 'payment_failed' THEN 'released' ELSE 'confirmed' END,
  CASE fate WHEN 'created' THEN at + interval '7 days' ELSE at + interval '15 minutes' END, at,
  CASE fate WHEN 'created' THEN NULL WHEN 'cancelled' THEN at + interval '15 minutes' ELSE at + interval '5 seconds' END
FROM grown_orders ORDER BY n;
INSERT INTO reservation_lines (reservation_id, product_id, quantity)
SELECT 'rsv_' || o.suffix || '0', l.product_id, l.quantity FROM grown_orders o JOIN grown_lines l USING (n) ORDER BY n, side;

INSERT INTO payments (id, order_id, customer_id, provider, status, amount, currency, captured_amount, refund_hold,
  provider_payment_id, decline_code, last_fact_at, creation_key, created_at, updated_at)
SELECT 'pay_' || suffix || '0', 'ord_' || suffix || '0', customer_id, provider,
  CASE fate WHEN 'payment_failed' THEN 'failed' ELSE 'succeeded' END, total, 'usd',
  CASE fate WHEN 'payment_failed' THEN 0 ELSE total END, CASE fate WHEN 'refunded' THEN total ELSE 0 END,
  CASE provider WHEN 'stripe' THEN 'pi_' || suffix END, CASE fate WHEN 'payment_failed' THEN 'generic_decline' END,
  CASE provider WHEN 'stripe' THEN date_trunc('second', at) END, NULL, at, at + interval '5 seconds'
FROM grown_orders JOIN grown_totals USING (n) WHERE fate NOT IN ('created', 'cancelled') ORDER BY n;
INSERT INTO payment_attempts (id, payment_id, "action", request, outcome, error, created_at, answered_at)
SELECT 'att_' || suffix || '0', 'pay_' || suffix || '0', 'create',
  jsonb_build_object('amount', total, 'currency', 'usd', 'orderId', 'ord_' || suffix || '0', 'paymentMethod', 'pm_card_visa'),
  CASE fate WHEN 'payment_failed' THEN 'declined' ELSE 'accepted' END,
  CASE fate WHEN 'payment_failed' THEN 'generic_decline' END, at, at + interval '5 seconds'
FROM grown_orders JOIN grown_totals USING (n) WHERE provider = 'stripe' ORDER BY n;

INSERT INTO refunds (id, order_id, payment_id, amount, currency, status, provider_refund_id, submitted_at, last_fact_at,
  created_at, updated_at)
SELECT 'ref_' || suffix || '0', 'ord_' || suffix || '0', 'pay_' || suffix || '0', total, 'usd', 'succeeded', 're_' || suffix,
  at + interval '30 minutes', at + interval '30 minutes', at + interval '30 minutes', at + interval '30 minutes'
FROM grown_orders JOIN grown_totals USING (n) WHERE fate = 'refunded' ORDER BY n;
INSERT INTO refund_items (refund_id, order_item_id, quantity)
SELECT 'ref_' || o.suffix || '0', l.id, l.quantity FROM grown_orders o JOIN grown_lines l USING (n) WHERE o.fate = 'refunded';

-- Goods came in for all that was sold, so that every shelf has what it had, and what is held now besides.
CREATE TEMP TABLE grown_stock ON COMMIT DROP AS
SELECT product_id, sum(quantity) FILTER (WHERE fate IN ('sold', 'created')) AS came_in,
  coalesce(sum(quantity) FILTER (WHERE fate = 'created'), 0) AS held
FROM grown_lines WHERE fate IN ('sold', 'created') GROUP BY product_id;
INSERT INTO stock_movements (id, product_id, delta, kind, cause, created_at)
SELECT 'mov_' || pg_temp.stamp(first.at) || lpad(first.n::text, 8, '0') || lpad(p.place::text, 8, '0'), product_id, came_in,
  'count', 'grown:' || first.n, first.at
FROM grown_stock JOIN grown_products p ON p.id = product_id, (SELECT n, at FROM grown_orders ORDER BY n LIMIT 1) first;
INSERT INTO stock_movements (id, product_id, delta, kind, cause, created_at)
SELECT 'mov_' || o.suffix || l.side, l.product_id, -l.quantity, 'sale', l.order_id, o.at + interval '5 seconds'
FROM grown_orders o JOIN grown_lines l USING (n) WHERE o.fate IN ('sold', 'refunded') ORDER BY n, side;
INSERT INTO stock_movements (id, product_id, delta, kind, cause, created_at)
SELECT 'mov_' || o.suffix || 2 + l.side, l.product_id, l.quantity, 'restock', 'ref_' || o.suffix || '0', o.at + interval '30 minutes'
FROM grown_orders o JOIN grown_lines l USING (n) WHERE o.fate = 'refunded' ORDER BY n, side;
WITH changed AS (
  UPDATE stock_levels s SET on_hand = s.on_hand + held, reserved = s.reserved + held, version = s.version + 1, updated_at = now()
  FROM grown_stock g WHERE g.product_id = s.product_id RETURNING s.product_id, s.version, s.on_hand, s.reserved, held
)
INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id, status, "position", published_at)
SELECT 'evt_' || pg_temp.stamp(now()) || lpad(p.place::text, 16, '0'), product_id, version, 'stock.changed',
  json_build_object('type', 'stock.changed', 'product_id', product_id, 'version', version, 'on_hand', on_hand,
    'reserved', reserved, 'available', on_hand - reserved, 'on_hand_delta', held, 'reserved_delta', held, 'kind', 'count',
    'cause', 'grown')::text, 'grown', 'published', nextval('outbox_position_seq'), now()
FROM changed JOIN grown_products p ON p.id = product_id;

-- How each order came to be what it is, one row for each version.
CREATE TEMP TABLE grown_changes ON COMMIT DROP AS
SELECT o.n, o.suffix, o.customer_id, v.version, o.at + v.after AS at, v.event, v.trail,
  jsonb_build_object('status', v.status, 'payment_status', v.payment_status, 'fulfillment_status', v.fulfillment_status,
    'disputed', false, 'total', t.total, 'currency', 'usd',
    'refunded_amount', CASE v.status WHEN 'refunded' THEN t.total ELSE 0 END,
    'payment_transaction_id', CASE WHEN v.status IN ('created', 'payment_failed', 'cancelled') THEN NULL
      WHEN o.provider = 'stripe' THEN 'pay_' || o.suffix || '0' ELSE 'till-' || o.n END,
    'cancel_reason', CASE v.status WHEN 'cancelled' THEN 'reservation_expired' END, 'version', v.version) AS state
FROM grown_orders o JOIN grown_totals t USING (n)
JOIN (VALUES
  (NULL, 1, interval '0', 'created', 'unpaid', 'unfulfilled', 'order.created', 'order_created'),
  ('cancelled', 2, interval '15 minutes', 'cancelled', 'unpaid', 'unfulfilled', 'order.cancelled', 'order_cancelled'),
  ('payment_failed', 2, interval '5 seconds', 'payment_failed', 'failed', 'unfulfilled', 'order.payment_failed', 'order_payment_failed'),
  ('sold', 2, interval '5 seconds', 'paid', 'paid', 'unfulfilled', 'order.paid', 'order_paid'),
  ('refunded', 2, interval '5 seconds', 'paid', 'paid', 'unfulfilled', 'order.paid', 'order_paid'),
  ('refunded', 3, interval '30 minutes', 'refunded', 'refunded', 'unfulfilled', 'order.refunded', 'order_refunded'),
  ('sold', 3, interval '1 day', 'fulfilled', 'paid', 'shipped', 'order.fulfilled', 'order_fulfilled'),
  ('sold', 4, interval '20 days', 'archived', 'paid', 'shipped', 'order.archived', 'order_archived')
) v (fate, version, after, status, payment_status, fulfillment_status, event, trail) ON v.fate IS NULL OR v.fate = o.fate
WHERE (v.status <> 'fulfilled' OR o.status IN ('fulfilled', 'archived')) AND (v.status <> 'archived' OR o.status = 'archived');

INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, previous_state, new_state, trace_id, "timestamp")
SELECT 'aud_' || pg_temp.stamp(at) || lpad(n::text, 15, '0') || version, 'ord_' || suffix || '0', version, customer_id, trail,
  lag(state) OVER (PARTITION BY n ORDER BY version), state, 'grown', at
FROM grown_changes ORDER BY n, version;

-- Events are kept for 90 days.
INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id, status, created_at, "position", published_at)
SELECT 'evt_' || pg_temp.stamp(at) || lpad(n::text, 15, '0') || version, 'ord_' || suffix || '0', version, event,
  payload, 'grown', 'published', at, nextval('outbox_position_seq'), at
FROM (
  SELECT c.*, (state || jsonb_build_object('type', event, 'order_id', 'ord_' || suffix || '0', 'customer_id', c.customer_id,
    'user_email', c.customer_id || '@example.com', 'amount_cents', total, 'items', items))::text AS payload
  FROM grown_changes c JOIN grown_totals USING (n) WHERE at >= now() - interval '90 days' ORDER BY at, n, version
) kept;
INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id, status, created_at, "position", published_at)
SELECT 'evt_' || pg_temp.stamp(created_at) || right(id, 15) || '9', id, 1, 'refund.succeeded',
  json_build_object('type', 'refund.succeeded', 'refund_id', id, 'version', 1, 'status', 'succeeded')::text, 'grown', 'published',
  created_at, nextval('outbox_position_seq'), created_at
FROM refunds WHERE created_at >= now() - interval '90 days' AND id IN (SELECT 'ref_' || suffix || '0' FROM grown_orders);
INSERT INTO outbox_horizon (pruned_before)
SELECT now() - interval '90 days 1 minute' FROM grown_changes HAVING min(at) < now() - interval '90 days'
ON CONFLICT (singleton) DO UPDATE SET pruned_before = greatest(outbox_horizon.pruned_before, excluded.pruned_before);

-- What Stripe told of the last 90 days, and what an endpoint, since switched off, was told of the last 30.
INSERT INTO webhook_events (id, provider_event_id, type, payload, provider_created_at, status, attempts, received_at, processed_at)
SELECT 'whe_' || suffix || '0', 'evt_' || suffix, 'payment_intent.' || CASE fate WHEN 'payment_failed' THEN 'payment_failed' ELSE 'succeeded' END,
  json_build_object('id', 'evt_' || suffix, 'object', 'event', 'data', json_build_object('object', json_build_object(
    'id', 'pi_' || suffix, 'object', 'payment_intent', 'amount', total, 'currency', 'usd', 'note', repeat('x', 900))))::text,
  at, 'processed', 1, at, at + interval '1 second'
FROM grown_orders JOIN grown_totals USING (n) WHERE provider = 'stripe' AND age < interval '90 days' ORDER BY n;
INSERT INTO webhook_endpoints (id, url, event_types, enabled, disabled_at, secret)
VALUES ('whe_' || repeat('0', 26), 'https://example.com/grown', '{*}', false, now(), 'grown') ON CONFLICT DO NOTHING;
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, lane, version, body, status, attempts, last_attempt_at,
  response_status, duration_ms, delivered_at, created_at)
SELECT 'del_' || pg_temp.stamp(at) || lpad(n::text, 15, '0') || version, 'whe_' || repeat('0', 26),
  'evt_' || pg_temp.stamp(at) || lpad(n::text, 15, '0') || version, event, 'ord_' || suffix || '0', version,
  state::text || repeat(' ', 400), 'delivered', 1, at, 204, 12, at, at
FROM grown_changes WHERE at >= now() - interval '30 days' ORDER BY at, n, version;
