import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import { newId } from '../../kernel/id.js';
import { Database, later, type Tx } from '../database/index.js';

export interface NewAuditEntry {
  readonly orderId: string;
  /** The order's version after the change; null where nothing changed: a move was refused, or a person gave his word. */
  readonly version: number | null;
  readonly eventType: string;
  readonly previousState: Readonly<Record<string, unknown>> | null;
  readonly newState: Readonly<Record<string, unknown>>;
}

/** An entry beside those of others. */
export interface ActedEntry extends NewAuditEntry {
  readonly actor: Actor;
}

/** Who did what to which order, in the transaction that did it. Each entry is also one log line once it is durable. */
@Injectable()
export class AuditTrail {
  private readonly logger = new Logger(AuditTrail.name);

  constructor(private readonly database: Database) {}

  async append(tx: Tx, actor: Actor, entry: NewAuditEntry): Promise<void> {
    const id = newId('aud');
    await later(tx, {
      name: 'audit',
      ctes: `audit_entry AS (
        INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, previous_state, new_state, trace_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8))`,
      parameters: [
        id,
        entry.orderId,
        entry.version,
        actor.id,
        entry.eventType,
        entry.previousState === null ? null : JSON.stringify(entry.previousState),
        JSON.stringify(entry.newState),
        actor.traceId,
      ],
    });
    this.database.afterCommit(tx, () => this.log(actor, { ...entry, id }));
  }

  /** The same for many entries. */
  async appendAll(tx: Tx, entries: readonly ActedEntry[]): Promise<void> {
    const written = entries.map((entry) => ({ ...entry, id: newId('aud') }));
    await later(tx, {
      name: 'audit',
      ctes: `audit_entry AS (
        INSERT INTO audit_entries (id, order_id, version, actor_id, event_type, previous_state, new_state, trace_id)
        SELECT id, order_id, version, actor_id, event_type, previous_state, new_state, trace_id
        FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[], $8::text[])
          AS entry (id, order_id, version, event_type, previous_state, new_state, actor_id, trace_id))`,
      parameters: [
        written.map((entry) => entry.id),
        written.map((entry) => entry.orderId),
        written.map((entry) => entry.version),
        written.map((entry) => entry.eventType),
        written.map(({ previousState }) => (previousState === null ? null : JSON.stringify(previousState))),
        written.map((entry) => JSON.stringify(entry.newState)),
        written.map(({ actor }) => actor.id),
        written.map(({ actor }) => actor.traceId),
      ],
    });
    this.database.afterCommit(tx, () => {
      for (const entry of written) this.log(entry.actor, entry);
    });
  }

  private log(actor: Actor, entry: NewAuditEntry & { readonly id: string }): void {
    this.logger.log({
      msg: 'audit_entry_created',
      audit_id: entry.id,
      order_id: entry.orderId,
      event_type: entry.eventType,
      actor_id: actor.id,
      trace_id: actor.traceId,
    });
  }
}
