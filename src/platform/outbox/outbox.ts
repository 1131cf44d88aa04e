import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { newId } from '../../kernel/id.js';
import { Database, later, type Tx } from '../database/index.js';
import { OutboxBell } from './outbox-bell.js';

/** An event beside those of others. */
export interface ActedEvent extends DomainEvent {
  readonly actor: Actor;
}

/** Announces what happened in the same transaction, so that an event exists exactly when its change does. */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly bell: OutboxBell,
  ) {}

  async append(tx: Tx, actor: Actor, event: DomainEvent): Promise<void> {
    await later(tx, {
      name: 'outbox',
      ctes: `outbox_event AS (
        INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id) VALUES ($1, $2, $3, $4, $5, $6))`,
      parameters: [
        newId('evt'),
        event.aggregateId,
        event.version,
        event.type,
        JSON.stringify(event.data),
        actor.traceId,
      ],
    });
    this.ringAfter(tx);
  }

  /** The same for many events. */
  async appendAll(tx: Tx, events: readonly ActedEvent[]): Promise<void> {
    await later(tx, {
      name: 'outbox',
      ctes: `outbox_event AS (
        INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
        SELECT id, aggregate_id, version, type, payload, trace_id
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
          AS event (id, aggregate_id, version, type, payload, trace_id))`,
      parameters: [
        events.map(() => newId('evt')),
        events.map((event) => event.aggregateId),
        events.map((event) => event.version),
        events.map((event) => event.type),
        events.map((event) => JSON.stringify(event.data)),
        events.map(({ actor }) => actor.traceId),
      ],
    });
    this.ringAfter(tx);
  }

  /** For statements that write their events themselves: the relay is told once they are durable. */
  ringAfter(tx: Tx): void {
    this.database.afterCommit(tx, () => this.bell.ring());
  }
}
