import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor.js';
import { Database, type Tx } from '../platform/database/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { refundEvent } from './domain/refund.events.js';
import type { NewRefund, Refund, RefundItem } from './domain/refund.js';
import { RefundRepository } from './persistence/refund.repository.js';
import { RefundBell } from './refund-bell.js';

/** The only way in which the status of a refund changes: written and announced in the same breath, and sent where it is new. */
@Injectable()
export class RefundRecord {
  constructor(
    private readonly database: Database,
    private readonly refunds: RefundRepository,
    private readonly outbox: Outbox,
    private readonly bell: RefundBell,
  ) {}

  async open(tx: Tx, actor: Actor, draft: NewRefund, items: readonly RefundItem[]): Promise<Refund> {
    const refund = await this.refunds.insert(tx, draft, items);
    await this.tell(tx, actor, refund, items);
    return refund;
  }

  /** `next` is a locked refund in another status; it is looked after again in `checkInSeconds` (null: never). */
  async move(tx: Tx, actor: Actor, next: Refund, checkInSeconds: number | null): Promise<Refund> {
    const moved = await this.refunds.update(tx, { ...next, version: next.version + 1 }, checkInSeconds);
    await this.tell(tx, actor, moved, await this.refunds.findItems(tx, moved.id));
    return moved;
  }

  private async tell(tx: Tx, actor: Actor, refund: Refund, items: readonly RefundItem[]): Promise<void> {
    await this.outbox.append(tx, actor, refundEvent(refund, items));
    if (refund.status === 'requested') this.database.afterCommit(tx, () => this.bell.ring(refund.id));
  }
}
