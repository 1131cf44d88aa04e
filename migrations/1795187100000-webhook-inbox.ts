import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the payment provider told us, word for word, and what became of it. */
export class WebhookInbox1795187100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
CREATE TABLE webhook_events (
  id text COLLATE "C" NOT NULL CONSTRAINT webhook_events_pkey PRIMARY KEY,
  -- The unique key is the claim: whoever inserts an event first has received it.
  provider_event_id text COLLATE "C" NOT NULL CONSTRAINT webhook_events_provider_event_id_key UNIQUE,
  type text COLLATE "C" NOT NULL,
  -- Text and not jsonb, which refuses characters that JSON allows.
  payload text NOT NULL,
  provider_created_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'received' CONSTRAINT webhook_events_status_check
    CHECK (status IN ('received', 'processed', 'ignored', 'deferred', 'parked')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  last_error text,
  received_at timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  CONSTRAINT webhook_events_waiting_check
    CHECK ((status IN ('received', 'deferred')) = (next_attempt_at IS NOT NULL)),
  CONSTRAINT webhook_events_done_check CHECK ((status IN ('processed', 'ignored')) = (processed_at IS NOT NULL))
);
CREATE INDEX webhook_events_due_idx ON webhook_events (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_events_status_idx ON webhook_events (status, id);
CREATE INDEX webhook_events_type_idx ON webhook_events (type, id);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_events');
  }
}
