import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes for a shop with a million orders: one for each filter of a list, in the order of the list, and none that is only
 * written. Whoever has that many orders already should expect a minute without purchases while they are made.
 */
export class Growth1795212000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
-- Orders are listed by time. Ids say which of a tie comes first, and let a page be found in the index alone: PostgreSQL
-- takes rows of one status for scattered, and would rather walk through all orders in the order of time.
DROP INDEX orders_customer_idx, orders_status_idx, orders_payment_status_idx, orders_email_idx;
CREATE INDEX orders_created_idx ON orders (created_at, id);
CREATE INDEX orders_customer_idx ON orders (customer_id, created_at, id);
CREATE INDEX orders_status_idx ON orders (status, created_at, id);
CREATE INDEX orders_payment_status_idx ON orders (payment_status, created_at, id);
CREATE INDEX orders_email_idx ON orders (email);
CREATE INDEX reservations_status_idx ON reservations (status, id);
CREATE INDEX refunds_status_idx ON refunds (status, id);
CREATE INDEX webhook_events_provider_idx ON webhook_events (provider, id);
CREATE INDEX webhook_deliveries_type_idx ON webhook_deliveries (endpoint_id, event_type, id);
CREATE INDEX webhook_deliveries_failed_idx ON webhook_deliveries (endpoint_id, id) WHERE status = 'failed';
-- Products are archived and not deleted, so that nobody ever looks for their lines.
DROP INDEX order_items_product_idx, reservation_lines_product_idx;
-- The few entries of an order are found by its versions.
DROP INDEX audit_entries_order_idx;
-- Old events are found by their places in the feed.
DROP INDEX outbox_events_published_idx;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE INDEX outbox_events_published_idx ON outbox_events (published_at) WHERE status = 'published';
CREATE INDEX audit_entries_order_idx ON audit_entries (order_id, id);
CREATE INDEX reservation_lines_product_idx ON reservation_lines (product_id);
CREATE INDEX order_items_product_idx ON order_items (product_id);
DROP INDEX webhook_deliveries_failed_idx, webhook_deliveries_type_idx, webhook_events_provider_idx, refunds_status_idx,
  reservations_status_idx;
DROP INDEX orders_email_idx, orders_payment_status_idx, orders_status_idx, orders_customer_idx, orders_created_idx;
CREATE INDEX orders_customer_idx ON orders (customer_id, id);
CREATE INDEX orders_status_idx ON orders (status, id);
CREATE INDEX orders_payment_status_idx ON orders (payment_status, id);
CREATE INDEX orders_email_idx ON orders (email, id);`);
  }
}
