import { Injectable } from '@nestjs/common';
import { systemActor } from '../../../kernel/actor.js';
import type { Payment } from '../../../payments/index.js';
import type { Tx } from '../../../platform/database/index.js';
import type { RefundFact } from '../../../refunds/index.js';
import { topicOfEvent } from '../domain/event-topic.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import { ApplyDispute } from './apply-dispute.js';
import { ApplyIntent } from './apply-intent.js';
import { ApplyRefund } from './apply-refund.js';
import { ApplyReport } from './apply-report.js';
import type { EventOutcome } from './event-outcome.js';

/** Passes an event on to what it is about. */
@Injectable()
export class ApplyEvent {
  constructor(
    private readonly intent: ApplyIntent,
    private readonly refund: ApplyRefund,
    private readonly dispute: ApplyDispute,
    private readonly report: ApplyReport,
  ) {}

  /** What has to be asked of the provider before the transaction. */
  async prepare(event: WebhookEvent): Promise<readonly RefundFact[]> {
    const topic = topicOfEvent(event);
    return topic === 'refund' || topic === 'refunded_charge' ? this.refund.gather(event) : [];
  }

  /** The payment that the event is about, where that decides what has to be locked. Locks nothing. */
  async find(tx: Tx, event: WebhookEvent): Promise<Payment | undefined> {
    const topic = topicOfEvent(event);
    if (topic === 'payment') return this.intent.find(tx, event);
    return topic === 'dispute' ? this.dispute.find(tx, event) : undefined;
  }

  /** With what {@link prepare} and {@link find} brought. */
  async execute(
    tx: Tx,
    event: WebhookEvent,
    { refunds, payment }: { readonly refunds: readonly RefundFact[]; readonly payment: Payment | undefined },
  ): Promise<EventOutcome> {
    // The audit trail leads from a change of an order to the event in the provider's dashboard or topic.
    const actor = systemActor(event.provider, event.providerEventId);
    const topic = topicOfEvent(event);
    switch (topic) {
      case 'payment':
        return this.intent.execute(tx, actor, event, payment);
      case 'refund':
      case 'refunded_charge':
        return this.refund.execute(tx, actor, refunds);
      case 'dispute':
        return this.dispute.execute(tx, actor, event, payment);
      case 'report':
        return this.report.execute(tx, actor, event);
      case undefined:
        return 'meaningless';
      default:
        return topic satisfies never;
    }
  }
}
