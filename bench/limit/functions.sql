-- The three requests of a purchase, one statement each: what PostgreSQL has to do for them and nothing else. They write
-- the rows that the service writes, into the same tables, under the same constraints, with the same locks in the same
-- order. Ids and texts that only name things come from the caller.

CREATE SCHEMA bare_limit;

-- PUT /v1/cart: the lines become the whole cart.
CREATE FUNCTION bare_limit.replace_cart(p_customer text, p_cart text, p_products text[], p_quantities integer[])
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known integer;
  v_version bigint;
  v_lines json;
  v_subtotal bigint;
  v_currency text;
BEGIN
  SELECT count(*), min(currency) INTO known, v_currency FROM products WHERE id = ANY (p_products) AND active;
  IF known <> cardinality(p_products) THEN
    RAISE EXCEPTION 'product_not_found' USING ERRCODE = 'HF404';
  END IF;
  INSERT INTO carts (id, customer_id) VALUES (p_cart, p_customer)
    ON CONFLICT ON CONSTRAINT carts_pkey DO UPDATE SET version = carts.version + 1, updated_at = now()
      WHERE carts.customer_id = EXCLUDED.customer_id
    RETURNING version INTO v_version;
  DELETE FROM cart_lines WHERE cart_id = p_cart AND product_id <> ALL (p_products);
  INSERT INTO cart_lines (cart_id, product_id, quantity)
    SELECT p_cart, wanted.product_id, wanted.quantity
    FROM unnest(p_products, p_quantities) WITH ORDINALITY AS wanted (product_id, quantity, place) ORDER BY place
    ON CONFLICT ON CONSTRAINT cart_lines_pkey
      DO UPDATE SET quantity = EXCLUDED.quantity, "position" = EXCLUDED."position";
  SELECT json_agg(json_build_object('product_id', p.id, 'sku', p.sku, 'title', p.title, 'quantity', wanted.quantity,
           'unit_price', p.unit_price, 'line_total', wanted.quantity * p.unit_price,
           'available_quantity', coalesce(s.on_hand - s.reserved, 0)) ORDER BY wanted.place),
         sum(wanted.quantity * p.unit_price)
    INTO v_lines, v_subtotal
    FROM unnest(p_products, p_quantities) WITH ORDINALITY AS wanted (product_id, quantity, place)
    JOIN products p ON p.id = wanted.product_id LEFT JOIN stock_levels s ON s.product_id = p.id;
  RETURN json_build_object('id', p_cart, 'items', v_lines, 'subtotal', v_subtotal, 'currency', v_currency,
    'version', v_version);
END $$;

-- An order as its answer shows it.
CREATE FUNCTION bare_limit.present(o orders, p_payment json) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', o.id, 'number', o.number, 'customer_id', o.customer_id, 'email', o.email,
    'status', o.status, 'payment_status', o.payment_status, 'fulfillment_status', o.fulfillment_status,
    'disputed', o.disputed, 'currency', o.currency, 'subtotal', o.subtotal, 'shipping_total', o.shipping_total,
    'tax_total', o.tax_total, 'discount_total', o.discount_total, 'total_amount', o.total_amount,
    'refunded_amount', o.refunded_amount,
    'items', (SELECT json_agg(json_build_object('id', i.id, 'product_id', i.product_id, 'sku', i.sku,
        'title', i.title, 'quantity', i.quantity, 'unit_price', i.unit_price, 'line_total', i.line_total,
        'refunded_quantity', i.refunded_quantity, 'restocked_quantity', i.restocked_quantity) ORDER BY i.id)
      FROM order_items i WHERE i.order_id = o.id),
    'shipping_address', o.shipping_address,
    'shipment', (SELECT json_build_object('id', s.id, 'status', s.status, 'zone', s.zone, 'tracking', s.tracking)
      FROM shipments s WHERE s.order_id = o.id),
    'payment_transaction_id', o.payment_transaction_id, 'reservation_expires_at', o.reservation_expires_at,
    'cancel_reason', o.cancel_reason,
    'allowed_transitions', CASE o.status WHEN 'created' THEN json_build_array('paid', 'payment_failed', 'cancelled')
      ELSE json_build_array('fulfilled', 'refunded') END,
    'version', o.version, 'created_at', o.created_at, 'updated_at', o.updated_at, 'payment', p_payment)
$$;

CREATE FUNCTION bare_limit.audit_state(o orders) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('status', o.status, 'payment_status', o.payment_status,
    'fulfillment_status', o.fulfillment_status, 'disputed', o.disputed, 'total', o.total_amount,
    'currency', o.currency, 'refunded_amount', o.refunded_amount,
    'payment_transaction_id', o.payment_transaction_id, 'cancel_reason', o.cancel_reason, 'version', o.version)
$$;

CREATE FUNCTION bare_limit.event_data(o orders, p_type text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_build_object('type', p_type, 'order_id', o.id, 'number', o.number, 'version', o.version,
    'status', o.status, 'payment_status', o.payment_status, 'fulfillment_status', o.fulfillment_status,
    'disputed', o.disputed, 'customer_id', o.customer_id, 'user_email', o.email, 'currency', o.currency,
    'amount_cents', o.total_amount, 'refunded_amount_cents', o.refunded_amount,
    'payment_transaction_id', o.payment_transaction_id, 'cancel_reason', o.cancel_reason,
    'items', (SELECT json_agg(json_build_object('product_id', i.product_id, 'qty', i.quantity,
        'unit_price_cents', i.unit_price) ORDER BY i.id) FROM order_items i WHERE i.order_id = o.id))::text
$$;

-- What the event of a changed level tells, in the words of the service.
CREATE FUNCTION bare_limit.stock_data(s stock_levels, p_on_hand_delta bigint, p_reserved_delta bigint, p_kind text,
  p_cause text)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_build_object('type', 'stock.changed', 'product_id', s.product_id, 'version', s.version,
    'on_hand', s.on_hand, 'reserved', s.reserved, 'available', s.on_hand - s.reserved,
    'on_hand_delta', p_on_hand_delta, 'reserved_delta', p_reserved_delta, 'kind', p_kind, 'cause', p_cause)::text
$$;

-- POST /v1/orders/checkout with the manual provider. Ids come as {order, reservation, shipment, audit, event, key,
-- lines…}, and those of the events of each line's stock; the key's answer is written once, when it is known. That a level
-- runs low is not told: the benchmark's do not.
CREATE FUNCTION bare_limit.check_out(p_ids text[], p_stock_events text[], p_customer text, p_email text, p_cart text, p_address jsonb,
  p_zone text, p_scope text, p_key text, p_fingerprint text, p_trace text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_stored record;
  v_cart_version bigint;
  v_products text[];
  v_quantities bigint[];
  v_units bigint;
  v_subtotal bigint;
  v_currency text;
  v_shipping bigint;
  v_order orders;
  v_short integer;
  v_body text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(p_scope || p_key, 0)) THEN
    RAISE EXCEPTION 'idempotency_key_in_use' USING ERRCODE = 'HF409';
  END IF;
  SELECT fingerprint, response_body INTO v_stored FROM idempotency_keys WHERE scope = p_scope AND "key" = p_key;
  IF FOUND THEN
    RETURN v_stored.response_body;
  END IF;

  SELECT version INTO v_cart_version FROM carts WHERE id = p_cart FOR UPDATE;
  WITH gone AS (DELETE FROM cart_lines WHERE cart_id = p_cart RETURNING product_id, quantity, "position")
    SELECT array_agg(product_id ORDER BY "position"), array_agg(quantity::bigint ORDER BY "position"), sum(quantity)
    INTO v_products, v_quantities, v_units FROM gone;
  IF v_products IS NULL THEN
    RAISE EXCEPTION 'order_cart_empty' USING ERRCODE = 'HF422';
  END IF;
  UPDATE carts SET version = version + 1, updated_at = now() WHERE id = p_cart;

  SELECT sum(p.unit_price * line.quantity), min(p.currency) INTO v_subtotal, v_currency
    FROM unnest(v_products, v_quantities) AS line (product_id, quantity) JOIN products p ON p.id = line.product_id
    WHERE p.active;
  SELECT first_item + further_item * (v_units - 1) INTO v_shipping
    FROM shipping_rates WHERE zone = p_zone AND currency = v_currency;

  INSERT INTO orders (id, customer_id, email, provider, payment_status, currency, subtotal, shipping_total,
      total_amount, shipping_address, reservation_expires_at, cart_id, cart_version, creation_key)
    VALUES (p_ids[1], p_customer, p_email, 'manual', 'unpaid', v_currency, v_subtotal, v_shipping,
      v_subtotal + v_shipping, p_address, date_trunc('milliseconds', now()) + interval '7 days', p_cart,
      v_cart_version, p_ids[6])
    RETURNING * INTO v_order;
  INSERT INTO order_items (id, order_id, order_created_at, order_total_amount, product_id, sku, title, quantity,
      unit_price, line_total)
    SELECT p_ids[6 + line.place], p_ids[1], v_order.created_at, v_order.total_amount, p.id, p.sku, p.title,
      line.quantity, p.unit_price, line.quantity * p.unit_price
    FROM unnest(v_products, v_quantities) WITH ORDINALITY AS line (product_id, quantity, place)
    JOIN products p ON p.id = line.product_id;
  INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, new_state, trace_id)
    VALUES (p_ids[4], p_ids[1], 1, p_customer, 'order_created', bare_limit.audit_state(v_order), p_trace);
  INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    VALUES (p_ids[5], p_ids[1], 1, 'order.created', bare_limit.event_data(v_order, 'order.created'), p_trace);
  INSERT INTO shipments (id, order_id, zone) VALUES (p_ids[3], p_ids[1], p_zone);
  v_body := bare_limit.present(v_order, json_build_object('id', NULL, 'provider', 'manual', 'status', 'pending'));
  INSERT INTO idempotency_keys (id, scope, "key", fingerprint, status, lease_until, response_status, response_body,
      subject_id, expires_at)
    VALUES (p_ids[6], p_scope, p_key, p_fingerprint, 'finished', now(), 201, v_body, p_ids[1],
      now() + interval '1 day');

  -- Stock last: its rows are what other buyers wait for.
  SELECT count(*) FILTER (WHERE held.on_hand - held.reserved < line.quantity) INTO v_short
    FROM unnest(v_products, v_quantities) AS line (product_id, quantity)
    JOIN (SELECT product_id, on_hand, reserved FROM stock_levels WHERE product_id = ANY (v_products)
          ORDER BY product_id FOR UPDATE) held ON held.product_id = line.product_id;
  IF v_short > 0 THEN
    RAISE EXCEPTION 'order_insufficient_stock' USING ERRCODE = 'HF409';
  END IF;
  INSERT INTO reservations (id, order_id, expires_at) VALUES (p_ids[2], p_ids[1], v_order.reservation_expires_at);
  INSERT INTO reservation_lines (reservation_id, product_id, quantity)
    SELECT p_ids[2], line.product_id, line.quantity
    FROM unnest(v_products, v_quantities) AS line (product_id, quantity);
  WITH moved AS (
    UPDATE stock_levels stock SET reserved = stock.reserved + line.quantity, version = stock.version + 1,
        updated_at = now()
      FROM unnest(v_products, v_quantities) WITH ORDINALITY AS line (product_id, quantity, place)
      WHERE stock.product_id = line.product_id RETURNING stock, line.quantity, line.place
  )
  INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    SELECT p_stock_events[place], (stock).product_id, (stock).version, 'stock.changed',
      bare_limit.stock_data(stock, 0, quantity, 'hold', p_ids[1]), p_trace
    FROM moved;
  RETURN v_body;
END $$;

-- PATCH /v1/orders/{id}/pay by the shop. Ids come as {payment, audit, event, key, movements…}, and as before.
CREATE FUNCTION bare_limit.record_payment(p_ids text[], p_stock_events text[], p_order text, p_transaction text, p_actor text, p_scope text,
  p_key text, p_fingerprint text, p_trace text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_stored record;
  v_before orders;
  v_order orders;
  v_reservation text;
  v_body text;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended(p_scope || p_key, 0)) THEN
    RAISE EXCEPTION 'idempotency_key_in_use' USING ERRCODE = 'HF409';
  END IF;
  SELECT fingerprint, response_body INTO v_stored FROM idempotency_keys WHERE scope = p_scope AND "key" = p_key;
  IF FOUND THEN
    RETURN v_stored.response_body;
  END IF;

  SELECT * INTO v_before FROM orders WHERE id = p_order FOR UPDATE;
  IF v_before.status NOT IN ('created', 'payment_failed') THEN
    RAISE EXCEPTION 'order_already_paid' USING ERRCODE = 'HF400';
  END IF;
  PERFORM FROM payments WHERE order_id = p_order AND status NOT IN ('failed', 'canceled') FOR UPDATE;
  IF FOUND THEN
    RAISE EXCEPTION 'payment_in_progress' USING ERRCODE = 'HF409';
  END IF;
  INSERT INTO payments (id, order_id, customer_id, provider, status, amount, currency, captured_amount)
    VALUES (p_ids[1], p_order, v_before.customer_id, 'manual', 'succeeded', v_before.total_amount, v_before.currency,
      v_before.total_amount);
  SELECT id INTO v_reservation FROM reservations WHERE order_id = p_order AND status = 'active' FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'reservation_not_active' USING ERRCODE = 'HF409';
  END IF;
  UPDATE shipments SET status = 'ready', updated_at = now() WHERE order_id = p_order AND status = 'pending_payment';
  UPDATE orders SET status = 'paid', payment_status = 'paid', payment_transaction_id = p_transaction,
      reservation_expires_at = NULL, version = version + 1, updated_at = clock_timestamp()
    WHERE id = p_order RETURNING * INTO v_order;
  INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, previous_state, new_state, trace_id)
    VALUES (p_ids[2], p_order, v_order.version, p_actor, 'order_paid', bare_limit.audit_state(v_before),
      bare_limit.audit_state(v_order), p_trace);
  INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    VALUES (p_ids[3], p_order, v_order.version, 'order.paid', bare_limit.event_data(v_order, 'order.paid'), p_trace);
  v_body := bare_limit.present(v_order,
    json_build_object('id', p_ids[1], 'provider', 'manual', 'status', 'succeeded'));
  INSERT INTO idempotency_keys (id, scope, "key", fingerprint, status, lease_until, response_status, response_body,
      subject_id, expires_at)
    VALUES (p_ids[4], p_scope, p_key, p_fingerprint, 'finished', now(), 200, v_body, p_order,
      now() + interval '1 day');

  PERFORM FROM stock_levels WHERE product_id IN
    (SELECT product_id FROM reservation_lines WHERE reservation_id = v_reservation) ORDER BY product_id FOR UPDATE;
  UPDATE reservations SET status = 'confirmed', settled_at = clock_timestamp() WHERE id = v_reservation;
  INSERT INTO stock_movements (id, product_id, delta, kind, cause)
    SELECT p_ids[4 + row_number() OVER (ORDER BY product_id)], product_id, -quantity, 'sale', p_order
    FROM reservation_lines WHERE reservation_id = v_reservation;
  WITH moved AS (
    UPDATE stock_levels stock SET on_hand = stock.on_hand - line.quantity, reserved = stock.reserved - line.quantity,
        version = stock.version + 1, updated_at = now()
      FROM (SELECT *, row_number() OVER () AS place FROM reservation_lines WHERE reservation_id = v_reservation) line
      WHERE stock.product_id = line.product_id RETURNING stock, line.quantity, line.place
  )
  INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    SELECT p_stock_events[place], (stock).product_id, (stock).version, 'stock.changed',
      bare_limit.stock_data(stock, -quantity, -quantity, 'sale', p_order), p_trace
    FROM moved;
  RETURN v_body;
END $$;
