import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where our books and the payment provider's disagree, and how far they were compared. */
export class Reconciliation1795194000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE reconciliation_differences (
  id text COLLATE "C" NOT NULL CONSTRAINT reconciliation_differences_pkey PRIMARY KEY,
  "object" text NOT NULL CONSTRAINT reconciliation_differences_object_check CHECK ("object" IN ('payment', 'refund')),
  kind text NOT NULL CONSTRAINT reconciliation_differences_kind_check
    CHECK (kind IN ('missing_here', 'missing_at_stripe', 'status', 'amount', 'currency')),
  provider_id text COLLATE "C" NOT NULL,
  subject_id text COLLATE "C",
  order_id text COLLATE "C",
  here jsonb,
  at_stripe jsonb,
  status text NOT NULL DEFAULT 'open' CONSTRAINT reconciliation_differences_status_check
    CHECK (status IN ('open', 'resolved')),
  found_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  CONSTRAINT reconciliation_differences_resolved_check CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
);
-- A difference that comes back after it was gone is a new one: what was stays to be read.
CREATE UNIQUE INDEX reconciliation_differences_open_key ON reconciliation_differences (kind, provider_id)
  WHERE status = 'open';
CREATE INDEX reconciliation_differences_status_idx ON reconciliation_differences (status, id);
CREATE TABLE reconciliation_progress (
  task text NOT NULL CONSTRAINT reconciliation_progress_pkey PRIMARY KEY
    CONSTRAINT reconciliation_progress_task_check CHECK (task IN ('books', 'events')),
  -- Everything at the provider up to this moment was looked at.
  done_until timestamptz NOT NULL,
  next_run_at timestamptz NOT NULL,
  fence bigint NOT NULL DEFAULT 1
);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliation_progress, reconciliation_differences');
  }
}
