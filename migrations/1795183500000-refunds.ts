import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money given back. The hold on what may still be refunded lives on the payment. */
export class Refunds1795183500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE refunds (
  id text COLLATE "C" NOT NULL CONSTRAINT refunds_pkey PRIMARY KEY,
  order_id text COLLATE "C" CONSTRAINT refunds_order_id_fkey REFERENCES orders (id),
  payment_id text COLLATE "C" NOT NULL CONSTRAINT refunds_payment_id_fkey REFERENCES payments (id),
  amount bigint NOT NULL CONSTRAINT refunds_amount_check CHECK (amount > 0),
  currency text NOT NULL CONSTRAINT refunds_currency_check CHECK (currency ~ '^[a-z]{3}$'),
  status text NOT NULL DEFAULT 'requested' CONSTRAINT refunds_status_check
    CHECK (status IN ('requested', 'submitted', 'pending', 'succeeded', 'failed', 'canceled')),
  reason text,
  restock boolean NOT NULL DEFAULT true,
  "external" boolean NOT NULL DEFAULT false,
  provider_refund_id text COLLATE "C" CONSTRAINT refunds_provider_refund_id_key UNIQUE,
  failure_code text,
  -- How often the refund was begun anew after it had failed: part of the provider's idempotency key.
  round integer NOT NULL DEFAULT 1,
  submitted_at timestamptz,
  last_fact_at timestamptz,
  next_check_at timestamptz,
  checks integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refunds_order_idx ON refunds (order_id, id);
CREATE INDEX refunds_payment_idx ON refunds (payment_id);
CREATE INDEX refunds_next_check_idx ON refunds (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE TABLE refund_items (
  refund_id text COLLATE "C" NOT NULL CONSTRAINT refund_items_refund_id_fkey REFERENCES refunds (id),
  order_item_id text COLLATE "C" NOT NULL CONSTRAINT refund_items_order_item_id_fkey REFERENCES order_items (id),
  quantity bigint NOT NULL CONSTRAINT refund_items_quantity_check CHECK (quantity > 0),
  CONSTRAINT refund_items_pkey PRIMARY KEY (refund_id, order_item_id)
);
CREATE INDEX refund_items_order_item_idx ON refund_items (order_item_id);
CREATE INDEX payments_unattached_idx ON payments (created_at) WHERE order_id IS NULL AND status = 'succeeded';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_unattached_idx');
    await runner.query('DROP TABLE refund_items, refunds');
  }
}
