import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events of a broker lie in the same inbox as those of the payment provider, each under the ids of its own sender. */
export class BrokerInbox1795204800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
ALTER TABLE webhook_events
  ADD COLUMN provider text NOT NULL DEFAULT 'stripe' CONSTRAINT webhook_events_provider_check
    CHECK (provider IN ('stripe', 'broker')),
  -- Where in a topic it was read; null where nobody could read it there again.
  ADD COLUMN origin text,
  -- When it was copied to the dead letters of the broker, after it had been parked.
  ADD COLUMN dead_lettered_at timestamptz,
  DROP CONSTRAINT webhook_events_provider_event_id_key,
  ADD CONSTRAINT webhook_events_provider_event_id_key UNIQUE (provider_event_id, provider);
CREATE INDEX webhook_events_dead_letter_idx ON webhook_events (id)
  WHERE provider = 'broker' AND status = 'parked' AND dead_lettered_at IS NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DELETE FROM webhook_events WHERE provider <> 'stripe';
DROP INDEX webhook_events_dead_letter_idx;
ALTER TABLE webhook_events
  DROP CONSTRAINT webhook_events_provider_event_id_key,
  ADD CONSTRAINT webhook_events_provider_event_id_key UNIQUE (provider_event_id),
  DROP COLUMN dead_lettered_at,
  DROP COLUMN origin,
  DROP COLUMN provider;`);
  }
}
