import { Injectable } from '@nestjs/common';
import { PaymentFacts } from '../../../checkout/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { factOfIntent, type FactKind, type PaymentFact } from '../../../payments/index.js';
import type { Tx } from '../../../platform/database/index.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import type { EventOutcome } from './event-outcome.js';
import { objectOf, readIntent } from './stripe-objects.js';

/** Where the type alone says what happened. Others, such as `amount_capturable_updated`, are read off the intent. */
const KIND_OF_TYPE: ReadonlyMap<string, FactKind> = new Map([
  ['payment_intent.processing', 'processing'],
  ['payment_intent.requires_action', 'requires_action'],
  ['payment_intent.succeeded', 'succeeded'],
  ['payment_intent.payment_failed', 'failed'],
  ['payment_intent.canceled', 'canceled'],
]);

/** Events `payment_intent.*`: how a payment stood when the event was made. */
@Injectable()
export class ApplyIntent {
  constructor(private readonly facts: PaymentFacts) {}

  execute(tx: Tx, actor: Actor, event: WebhookEvent): Promise<EventOutcome> {
    const intent = readIntent(objectOf(event.payload));
    const told = factOfIntent(intent, event.providerCreatedAt);
    const kind = KIND_OF_TYPE.get(event.type) ?? told.kind;
    const fact: PaymentFact = { ...told, kind, occurredAt: event.providerCreatedAt };
    return this.facts.apply(tx, actor, fact, intent.paymentId);
  }
}
