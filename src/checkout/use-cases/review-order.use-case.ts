import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { OrderId } from '../../kernel/id.js';
import { OrderQuery, OrdersFacade, type OrderView } from '../../orders/index.js';
import { PaymentsFacade } from '../../payments/index.js';
import { Database } from '../../platform/database/index.js';
import { OrderNotInReview } from '../domain/checkout.errors.js';
import { ReviewVerdict } from './review-verdict.js';

export interface ReviewOrderCommand {
  readonly actor: Actor;
  readonly orderId: OrderId;
  readonly action: 'accept' | 'refund';
}

/** A person's word on an order whose money did not fit: take it as it is, or give it back. */
@Injectable()
export class ReviewOrder {
  constructor(
    private readonly database: Database,
    private readonly orders: OrdersFacade,
    private readonly payments: PaymentsFacade,
    private readonly query: OrderQuery,
    private readonly verdict: ReviewVerdict,
  ) {}

  execute({ actor, orderId, action }: ReviewOrderCommand): Promise<OrderView> {
    return this.database.transaction(async (tx) => {
      const order = await this.orders.lock(tx, orderId, null);
      const payment = await this.payments.lockForOrder(tx, orderId);
      if (order.paymentStatus !== 'review' || !payment) throw new OrderNotInReview(orderId);
      if (action === 'accept') await this.verdict.accept(tx, actor, order, payment);
      else await this.verdict.giveBack(tx, actor, order, payment);
      return this.query.getWithin(tx, orderId);
    });
  }
}
