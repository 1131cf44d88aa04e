import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../database/index.js';
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
  find(page: Page): Promise<Listing<DeadLetter>> {
    const conditions = new Conditions().always("status = 'dead'");
    const plan = { columns: DEAD_LETTER_COLUMNS, from: 'outbox_events', conditions, orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
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
