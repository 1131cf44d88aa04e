import { Injectable } from '@nestjs/common';
import { isId } from '../../../kernel/id.js';
import type { Listing } from '../../../kernel/page.js';
import { Conditions, countUpTo, Database } from '../../../platform/database/index.js';
import type { PublishedEvent } from '../../../platform/outbox/index.js';
import { EventCursorUnknown } from '../domain/feed.errors.js';

const COLUMNS = 'id, aggregate_id, version, type, payload, trace_id, created_at, "position"';

/** Later than every place. */
const NO_END = Number.MAX_SAFE_INTEGER;
const PART = '"position" > $1 AND "position" <= $2';
const EVERY_TYPE = `SELECT ${COLUMNS} FROM outbox_events WHERE ${PART} ORDER BY "position" LIMIT $3 OFFSET $4`;
/** Each type has an order of its own, and the page is taken from their beginnings: rare types do not lie far apart there. */
const SOME_TYPES = `SELECT ${COLUMNS} FROM outbox_events WHERE "position" IN (
    SELECT place."position" FROM (SELECT DISTINCT type FROM unnest($5::text[]) AS asked (type)) wanted
    CROSS JOIN LATERAL (SELECT "position" FROM outbox_events WHERE type = wanted.type AND ${PART}
                        ORDER BY "position" LIMIT $3::bigint + $4::bigint) place
    ORDER BY place."position" LIMIT $3 OFFSET $4)
  ORDER BY "position"`;

/** What of the feed somebody wants to see. */
export interface FeedSection {
  /** The id of the last event that he has seen; null: from the beginning. */
  readonly after: string | null;
  /** Null: every type. */
  readonly types: readonly string[] | null;
  readonly limit: number;
  readonly offset: number;
}

/** Published events, oldest first. */
@Injectable()
export class EventFeedQuery {
  constructor(private readonly database: Database) {}

  /** A page, and how many events lie behind the cursor. Throws EventCursorUnknown. */
  async find({ after, types, limit, offset }: FeedSection): Promise<Listing<PublishedEvent>> {
    const position = after === null ? 0 : await this.positionOf(after);
    const conditions = new Conditions()
      .add((place) => `"position" > ${place}`, position)
      .add((place) => `type = ANY(${place})`, types);
    const [counted] = await this.database.read<{ count: number }>(countUpTo('outbox_events', conditions.text), [
      ...conditions.parameters,
    ]);
    const rows = await this.read([position, NO_END, limit + 1, offset], types);
    return { rows: rows.slice(0, limit), totalCount: counted?.count ?? 0, hasMore: rows.length > limit };
  }

  /** Events behind a position and not behind another one. */
  readBetween(after: number, upTo: number, types: readonly string[] | null, limit: number): Promise<PublishedEvent[]> {
    return this.read([after, upTo, limit, 0], types);
  }

  /** Events behind a position, of every type. */
  readAfter(position: number, limit: number): Promise<PublishedEvent[]> {
    return this.database.read(
      `SELECT ${COLUMNS} FROM outbox_events WHERE "position" > $1 ORDER BY "position" LIMIT $2`,
      [position, limit],
    );
  }

  /** The place of an event in the feed. Throws EventCursorUnknown. */
  async positionOf(id: string): Promise<number> {
    const [row] = isId('evt', id)
      ? await this.database.read<{ position: number }>(
          'SELECT "position" FROM outbox_events WHERE id = $1 AND "position" IS NOT NULL',
          [id],
        )
      : [];
    if (!row) throw new EventCursorUnknown(id.slice(0, 64));
    return row.position;
  }

  /** The place of the newest event; 0 where there is none. */
  async head(): Promise<number> {
    const [row] = await this.database.read<{ head: number }>(
      'SELECT coalesce(max("position"), 0) AS head FROM outbox_events',
    );
    return row?.head ?? 0;
  }
  private read(part: readonly number[], types: readonly string[] | null): Promise<PublishedEvent[]> {
    return types === null
      ? this.database.read(EVERY_TYPE, [...part])
      : this.database.read(SOME_TYPES, [...part, types]);
  }
}
