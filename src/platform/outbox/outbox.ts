import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { newId } from '../../kernel/id.js';
import { sql, type Tx } from '../database/index.js';

/** Announces what happened in the same transaction, so that an event exists exactly when its change does. */
@Injectable()
export class Outbox {
  async append(tx: Tx, actor: Actor, event: DomainEvent): Promise<void> {
    await sql(
      tx,
      `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id) VALUES ($1, $2, $3, $4, $5, $6)`,
      [newId('evt'), event.aggregateId, event.version, event.type, JSON.stringify(event.data), actor.traceId],
    );
  }
}
