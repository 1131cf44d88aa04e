-- Orders that wait for their money, with everything that the audit asks for. `seedOpenOrders` runs this in one
-- transaction, before anybody has sold anything, with bench.count, bench.provider and bench.mark (one digit) set. Ids have
-- letters, as real ones do: a long row of digits could be the number of a card, which costs a closer look.

CREATE TEMP TABLE open_orders ON COMMIT DROP AS
SELECT n, current_setting('bench.mark') || translate(lpad(n::text, 25, '0'), '0', 'z') AS s, current_setting('bench.provider') AS provider,
  p.id AS product_id, p.sku, p.title, p.unit_price, p.unit_price + 599 AS total,
  CASE current_setting('bench.provider') WHEN 'stripe' THEN 'requires_action' ELSE 'unpaid' END AS payment_status,
  now() + interval '1 hour' AS expires_at
FROM generate_series(1, current_setting('bench.count')::integer) n
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS of FROM products) p ON p.place = n % p.of;

INSERT INTO orders (id, customer_id, email, provider, payment_status, currency, subtotal, shipping_total, total_amount,
  shipping_address, reservation_expires_at)
SELECT 'ord_' || s, 'open_' || s, 'open@example.com', provider, payment_status, 'usd', unit_price, 599, total,
  '{"line1": "1 Market Street", "city": "San Francisco", "state": "CA", "postal_code": "94105", "country": "US"}', expires_at
FROM open_orders ORDER BY n;
INSERT INTO order_items (id, order_id, order_created_at, order_total_amount, product_id, sku, title, quantity, unit_price,
  line_total)
SELECT 'item_' || s, 'ord_' || s, now(), total, product_id, sku, title, 1, unit_price, unit_price FROM open_orders ORDER BY n;
INSERT INTO shipments (id, order_id, zone) SELECT 'shp_' || s, 'ord_' || s, 'us_west' FROM open_orders ORDER BY n;
INSERT INTO reservations (id, order_id, expires_at)
SELECT 'rsv_' || s, 'ord_' || s, expires_at FROM open_orders ORDER BY n;
INSERT INTO reservation_lines (reservation_id, product_id, quantity)
SELECT 'rsv_' || s, product_id, 1 FROM open_orders ORDER BY n;
UPDATE stock_levels stock SET reserved = stock.reserved + held.units
FROM (SELECT product_id, count(*) AS units FROM open_orders GROUP BY product_id) held
WHERE stock.product_id = held.product_id;

-- A buyer who has still to answer his bank, whose intent nobody looks up meanwhile.
INSERT INTO payments (id, order_id, customer_id, provider, status, amount, currency, provider_payment_id, last_fact_at,
  next_check_at)
SELECT 'pay_' || s, 'ord_' || s, 'open_' || s, 'stripe', 'requires_action', total, 'usd', 'pi_' || s,
  date_trunc('second', now()) - interval '1 minute', now() + interval '1 hour'
FROM open_orders WHERE provider = 'stripe' ORDER BY n;
INSERT INTO payment_attempts (id, payment_id, "action", request, outcome, answered_at)
SELECT 'att_' || s, 'pay_' || s, 'create',
  jsonb_build_object('amount', total, 'currency', 'usd', 'orderId', 'ord_' || s, 'paymentMethod', 'pm_card_visa'),
  'accepted', now()
FROM open_orders WHERE provider = 'stripe' ORDER BY n;

INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, new_state, trace_id)
SELECT 'aud_' || s, 'ord_' || s, 1, 'open_' || s, 'order_created',
  jsonb_build_object('status', 'created', 'payment_status', payment_status, 'fulfillment_status', 'unfulfilled',
    'disputed', false, 'total', total, 'currency', 'usd', 'refunded_amount', 0, 'payment_transaction_id', NULL,
    'cancel_reason', NULL, 'version', 1), 'bench'
FROM open_orders ORDER BY n;
INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id, status, "position", published_at)
SELECT 'evt_' || s, 'ord_' || s, 1, 'order.created',
  json_build_object('type', 'order.created', 'order_id', 'ord_' || s, 'status', 'created')::text, 'bench', 'published',
  nextval('outbox_position_seq'), now()
FROM open_orders ORDER BY n;
