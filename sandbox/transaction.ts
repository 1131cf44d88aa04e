import { API_VERSION } from './api-version.js';
import type { EventType } from './domain/event-types.js';
import { newId } from './domain/ids.js';
import type { EventObject, Rows, TableName, Tables } from './domain/records.js';
import { TABLE_NAMES } from './domain/records.js';

/** What made a change: an API request, or nobody in particular (the dashboard, the passing of time). */
export interface Cause {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

export const NO_REQUEST: Cause = { requestId: null, idempotencyKey: null };

interface Parts {
  readonly committed: Rows;
  readonly written: Rows;
  readonly cause: Cause;
  readonly nowMs: number;
  readonly webhookUrls: readonly string[];
}

/** Reads see what this transaction has written; others see nothing of it until it is committed. */
export class Transaction {
  constructor(private readonly parts: Parts) {}

  /** Unix seconds, as Stripe counts. */
  get now(): number {
    return Math.floor(this.parts.nowMs / 1000);
  }

  get nowMs(): number {
    return this.parts.nowMs;
  }

  find<K extends TableName>(table: K, id: string): Tables[K] | undefined {
    const written: Map<string, Tables[K]> = this.parts.written[table];
    const committed: Map<string, Tables[K]> = this.parts.committed[table];
    return written.get(id) ?? committed.get(id);
  }

  /** Committed and written rows together, oldest first. */
  all<K extends TableName>(table: K): Tables[K][] {
    const written: Map<string, Tables[K]> = this.parts.written[table];
    const committed: Map<string, Tables[K]> = this.parts.committed[table];
    return written.size === 0 ? [...committed.values()] : [...new Map([...committed, ...written]).values()];
  }

  put<K extends TableName>(table: K, id: string, row: Tables[K]): void {
    const written: Map<string, Tables[K]> = this.parts.written[table];
    written.set(id, row);
  }

  emit(type: EventType, object: EventObject, previous?: Record<string, unknown>): void {
    const id = newId('evt');
    const { cause, webhookUrls } = this.parts;
    this.put('event', id, {
      event: {
        id,
        object: 'event',
        api_version: API_VERSION,
        created: this.now,
        data: previous === undefined ? { object } : { object, previous_attributes: previous },
        livemode: false,
        pending_webhooks: webhookUrls.length,
        request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
        type,
      },
      urls: webhookUrls,
    });
  }

  /** Takes back everything written so far. */
  discard(): void {
    for (const table of TABLE_NAMES) this.parts.written[table].clear();
  }
}
