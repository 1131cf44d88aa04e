import type { MigrationInterface, QueryRunner } from 'typeorm';

const ENDPOINTS = `
CREATE TABLE webhook_endpoints (
  id text COLLATE "C" NOT NULL CONSTRAINT webhook_endpoints_pkey PRIMARY KEY,
  url text NOT NULL,
  event_types text[] NOT NULL CONSTRAINT webhook_endpoints_event_types_check CHECK (cardinality(event_types) > 0),
  description text NOT NULL DEFAULT '',
  enabled boolean NOT NULL DEFAULT true,
  disabled_reason text CONSTRAINT webhook_endpoints_disabled_reason_check CHECK (disabled_reason IN ('gone', 'failing')),
  disabled_at timestamptz,
  -- Sealed: whoever has a copy of this table cannot sign with it.
  secret text NOT NULL,
  previous_secret text,
  previous_secret_until timestamptz,
  failing_since timestamptz,
  paused_until timestamptz,
  -- Its deliveries are many, and go one batch after the other before the row itself does.
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_endpoints_disabled_check CHECK (enabled = (disabled_at IS NULL)),
  CONSTRAINT webhook_endpoints_reason_check CHECK (disabled_reason IS NULL OR NOT enabled),
  CONSTRAINT webhook_endpoints_deleted_check CHECK (deleted_at IS NULL OR NOT enabled),
  CONSTRAINT webhook_endpoints_previous_secret_check
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);`;

const DELIVERIES = `
CREATE TABLE webhook_deliveries (
  id text COLLATE "C" NOT NULL CONSTRAINT webhook_deliveries_pkey PRIMARY KEY,
  endpoint_id text COLLATE "C" NOT NULL
    CONSTRAINT webhook_deliveries_endpoint_id_fkey REFERENCES webhook_endpoints (id),
  event_id text COLLATE "C" NOT NULL,
  event_type text COLLATE "C" NOT NULL,
  -- Events of one lane are received in the order of their versions.
  lane text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  -- Text: what is sent again is byte for byte what was sent before.
  body text NOT NULL,
  status text NOT NULL
    CONSTRAINT webhook_deliveries_status_check CHECK (status IN ('waiting', 'pending', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  request_headers jsonb,
  response_status integer,
  response_excerpt text,
  duration_ms integer,
  last_error text,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- One delivery for each event and endpoint, however often the event is published.
  CONSTRAINT webhook_deliveries_endpoint_event_key UNIQUE (endpoint_id, event_id),
  CONSTRAINT webhook_deliveries_due_check CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  CONSTRAINT webhook_deliveries_delivered_check CHECK (status <> 'delivered' OR delivered_at IS NOT NULL)
);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending';
-- What is still to be received, in its order.
CREATE INDEX webhook_deliveries_open_idx ON webhook_deliveries (endpoint_id, lane, version)
  WHERE status IN ('waiting', 'pending');
CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (endpoint_id, id);`;

/** Who is told of events, and how far each event has come on its way to each of them. */
export class OutgoingWebhooks1795201200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ENDPOINTS);
    await runner.query(DELIVERIES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries');
    await runner.query('DROP TABLE webhook_endpoints');
  }
}
