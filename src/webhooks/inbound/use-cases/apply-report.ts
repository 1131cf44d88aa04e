import { Injectable } from '@nestjs/common';
import { ReportedPayments } from '../../../checkout/index.js';
import type { Actor } from '../../../kernel/actor.js';
import type { Tx } from '../../../platform/database/index.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import type { EventOutcome } from './event-outcome.js';
import { reportOf } from './payment-report.js';

/** Events `payment.succeeded` and `payment.failed` of the broker: how a payment stands, by who takes the money or heard of it. */
@Injectable()
export class ApplyReport {
  constructor(private readonly reported: ReportedPayments) {}

  execute(tx: Tx, actor: Actor, event: WebhookEvent): Promise<EventOutcome> {
    return this.reported.apply(tx, actor, reportOf(event));
  }
}
