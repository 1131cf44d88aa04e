import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a relay needs to publish events in order and once, and where the versions of refunds and stock levels come from.
 * `sending` is published as far as readers of the feed are concerned; a transport still has to take it.
 */
export class OutboxRelay1795197600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE SEQUENCE outbox_position_seq;
ALTER TABLE outbox_events
  -- The place in the feed. Given in the order in which the givers commit, so that a reader never looks past one.
  ADD COLUMN position bigint,
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN next_attempt_at timestamptz,
  ADD COLUMN last_error text,
  ADD COLUMN published_at timestamptz,
  DROP CONSTRAINT outbox_events_status_check,
  ADD CONSTRAINT outbox_events_status_check CHECK (status IN ('pending', 'sending', 'published', 'dead')),
  ADD CONSTRAINT outbox_events_position_check CHECK ((status = 'pending') = (position IS NULL)),
  ADD CONSTRAINT outbox_events_waiting_check CHECK ((status = 'sending') = (next_attempt_at IS NOT NULL));
CREATE UNIQUE INDEX outbox_events_position_key ON outbox_events (position) WHERE position IS NOT NULL;
CREATE INDEX outbox_events_type_idx ON outbox_events (type, position) WHERE position IS NOT NULL;
CREATE INDEX outbox_events_sending_idx ON outbox_events (aggregate_id, version) WHERE status = 'sending';
CREATE INDEX outbox_events_due_idx ON outbox_events (position) WHERE status = 'sending';
CREATE INDEX outbox_events_dead_idx ON outbox_events (id) WHERE status = 'dead';
CREATE INDEX outbox_events_published_idx ON outbox_events (published_at) WHERE status = 'published';
CREATE TABLE outbox_horizon (
  singleton boolean NOT NULL DEFAULT true CONSTRAINT outbox_horizon_pkey PRIMARY KEY
    CONSTRAINT outbox_horizon_singleton_check CHECK (singleton),
  -- Events that were written before this time may have been forgotten.
  pruned_before timestamptz NOT NULL
);
ALTER TABLE refunds ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE stock_levels ADD COLUMN version bigint NOT NULL DEFAULT 0;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE stock_levels DROP COLUMN version;
ALTER TABLE refunds DROP COLUMN version;
DROP TABLE outbox_horizon;
DROP INDEX outbox_events_position_key, outbox_events_type_idx, outbox_events_sending_idx, outbox_events_due_idx,
  outbox_events_dead_idx, outbox_events_published_idx;
ALTER TABLE outbox_events
  DROP CONSTRAINT outbox_events_waiting_check,
  DROP CONSTRAINT outbox_events_position_check,
  DROP CONSTRAINT outbox_events_status_check;
UPDATE outbox_events SET status = 'published' WHERE status = 'sending';
ALTER TABLE outbox_events
  DROP COLUMN position,
  DROP COLUMN attempts,
  DROP COLUMN next_attempt_at,
  DROP COLUMN last_error,
  DROP COLUMN published_at,
  ADD CONSTRAINT outbox_events_status_check CHECK (status IN ('pending', 'published', 'dead'));
DROP SEQUENCE outbox_position_seq;`);
  }
}
