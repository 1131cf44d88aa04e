import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { disputeOrder, OrdersFacade } from '../../../orders/index.js';
import { type Payment, PaymentsFacade } from '../../../payments/index.js';
import type { Tx } from '../../../platform/database/index.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import type { EventOutcome } from './event-outcome.js';
import { objectOf, readDispute } from './stripe-objects.js';

/**
 * Events `charge.dispute.*`. A dispute marks its order, once, and how it ends changes nothing: that there was one stays
 * true, and what is to be done about it is for a person and for Stripe.
 */
@Injectable()
export class ApplyDispute {
  constructor(
    private readonly payments: PaymentsFacade,
    private readonly orders: OrdersFacade,
  ) {}

  /** The disputed payment, without a lock. */
  async find(tx: Tx, event: WebhookEvent): Promise<Payment | undefined> {
    const { intentId } = readDispute(objectOf(event.payload));
    return intentId === null ? undefined : this.payments.findByProviderId(tx, intentId);
  }

  async execute(tx: Tx, actor: Actor, event: WebhookEvent, payment: Payment | undefined): Promise<EventOutcome> {
    if (!payment) return 'unknown_payment';
    if (event.type !== 'charge.dispute.created' || payment.orderId === null) return 'old_news';
    const order = await this.orders.lock(tx, payment.orderId, null);
    if (order.disputed) return 'old_news';
    await this.orders.apply(tx, actor, order, disputeOrder());
    return 'applied';
  }
}
