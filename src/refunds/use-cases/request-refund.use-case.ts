import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId, RefundId } from '../../kernel/id.js';
import { OrdersFacade } from '../../orders/index.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { RefundNotFound } from '../domain/refund.errors.js';
import { RefundRepository } from '../persistence/refund.repository.js';
import { RefundQuery, type RefundView } from '../queries/refund.query.js';
import { RefundFacts } from '../refund-facts.facade.js';
import { RefundsFacade } from '../refunds.facade.js';
import { requestedItems, type RequestedItem } from '../domain/requested-items.js';

export interface RequestRefundCommand {
  readonly actor: Actor;
  readonly orderId: OrderId;
  readonly items: readonly RequestedItem[] | undefined;
  readonly amount: number | undefined;
  readonly reason: string | null;
  readonly restock: boolean;
}

/** Gives money of a paid order back: all that is left, the price of items, or an amount. */
@Injectable()
export class RequestRefund {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly orders: OrdersFacade,
    private readonly refunds: RefundsFacade,
    private readonly query: RefundQuery,
  ) {}

  execute(command: RequestRefundCommand, call: IdempotentCall<RefundView>): Promise<Answer> {
    return this.idempotency.once(call, (claim) =>
      this.database.transaction(async (tx) => {
        await claim.take(tx);
        const order = await this.orders.lock(tx, command.orderId, null);
        const items = command.items && requestedItems(command.items, await this.orders.findItems(tx, order.id));
        const { amount, reason, restock } = command;
        const refund = await this.refunds.request(tx, command.actor, order, { items, amount, reason, restock });
        await claim.finish(tx, await this.query.getWithin(tx, refund.id), refund.id);
      }),
    );
  }
}

/** Sends a refund once more that had failed. */
@Injectable()
export class RetryRefund {
  constructor(
    private readonly database: Database,
    private readonly repository: RefundRepository,
    private readonly refunds: RefundsFacade,
    private readonly facts: RefundFacts,
    private readonly query: RefundQuery,
  ) {}

  execute(actor: Actor, id: RefundId): Promise<RefundView> {
    return this.database.transaction(async (tx) => {
      const found = await this.repository.find(tx, id);
      if (!found) throw new RefundNotFound(id);
      const { refund, ...locked } = await this.facts.lock(tx, found);
      if (!refund) throw new RefundNotFound(id);
      await this.refunds.retry(tx, actor, refund, locked);
      return this.query.getWithin(tx, id);
    });
  }
}
