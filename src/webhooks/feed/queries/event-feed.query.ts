import { Injectable } from '@nestjs/common';
import { isId } from '../../../kernel/id.js';
import type { Listing } from '../../../kernel/page.js';
import { Database } from '../../../platform/database/index.js';
import type { PublishedEvent } from '../../../platform/outbox/index.js';
import { EventCursorUnknown } from '../domain/feed.errors.js';

/** Counting on would cost a reader who is far behind more than reading does. */
const MOST_COUNTED = 10_000;

const COLUMNS = 'id, aggregate_id, version, type, payload, trace_id, created_at, "position"';
const MATCHES = `"position" > $1 AND ($2::text[] IS NULL OR type = ANY($2))`;

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

  /** A page; `totalCount` is what lies behind the cursor, up to 10 000. Throws EventCursorUnknown. */
  async find({ after, types, limit, offset }: FeedSection): Promise<Listing<PublishedEvent>> {
    const position = after === null ? 0 : await this.positionOf(after);
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT FROM outbox_events WHERE ${MATCHES} LIMIT ${MOST_COUNTED}) behind`,
      [position, types],
    );
    const rows = await this.database.read<PublishedEvent>(
      `SELECT ${COLUMNS} FROM outbox_events WHERE ${MATCHES} ORDER BY "position" LIMIT $3 OFFSET $4`,
      [position, types, limit + 1, offset],
    );
    return { rows: rows.slice(0, limit), totalCount: counted?.count ?? 0, hasMore: rows.length > limit };
  }

  /** Events behind a position and not behind another one. */
  readBetween(after: number, upTo: number, types: readonly string[] | null, limit: number): Promise<PublishedEvent[]> {
    return this.database.read(
      `SELECT ${COLUMNS} FROM outbox_events WHERE ${MATCHES} AND "position" <= $3 ORDER BY "position" LIMIT $4`,
      [after, types, upTo, limit],
    );
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
}
