import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../database/index.js';
import { OutboxBell } from './outbox-bell.js';
import { DEAD_LETTER_COLUMNS, type DeadLetter, OutboxSendingRepository } from './outbox-sending.repository.js';

/** Events that were given up, for a person to look at. They are in the feed, and nothing waits for them. */
@Injectable()
export class DeadLetters {
  private readonly logger = new Logger(DeadLetters.name);

  constructor(
    private readonly database: Database,
    private readonly sendings: OutboxSendingRepository,
    private readonly bell: OutboxBell,
  ) {}

  /** A page of them, newest first. */
  async find(page: Page): Promise<Listing<DeadLetter>> {
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM outbox_events WHERE status = 'dead'`,
    );
    const rows = await this.database.read<DeadLetter>(
      `SELECT ${DEAD_LETTER_COLUMNS} FROM outbox_events
       WHERE status = 'dead' AND ($1::text IS NULL OR id < $1) ORDER BY id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }

  /** Offers one to the transports once more. Answers nothing where no such event was given up. */
  replay(actor: Actor, id: string): Promise<DeadLetter | undefined> {
    return this.database.transaction(async (tx) => {
      const event = await this.sendings.reopen(tx, id);
      if (event) this.database.afterCommit(tx, () => this.announce(actor, id));
      return event;
    });
  }

  private announce(actor: Actor, id: string): void {
    this.logger.log({ msg: 'event_replayed', event_id: id, actor_id: actor.id, trace_id: actor.traceId });
    this.bell.ring();
  }
}
