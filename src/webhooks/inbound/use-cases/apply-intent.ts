import { Injectable } from '@nestjs/common';
import { PaymentFacts } from '../../../checkout/index.js';
import type { Actor } from '../../../kernel/actor.js';
import { factOfIntent, type FactKind, type Payment, type PaymentFact } from '../../../payments/index.js';
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

  /** The payment that an event is about, without a lock. */
  find(tx: Tx, event: WebhookEvent): Promise<Payment | undefined> {
    const { id, paymentId } = readIntent(objectOf(event.payload));
    return this.facts.find(tx, { providerPaymentId: id }, paymentId);
  }

  async execute(tx: Tx, actor: Actor, event: WebhookEvent, payment: Payment | undefined): Promise<EventOutcome> {
    return payment ? this.facts.applyTo(tx, actor, payment, factOfEvent(event)) : 'unknown_payment';
  }
}

/** Throws where the stored text is no event about an intent. */
export function factOfEvent({ type, payload, providerCreatedAt }: WebhookEvent): PaymentFact {
  const told = factOfIntent(readIntent(objectOf(payload)), providerCreatedAt);
  return { ...told, kind: KIND_OF_TYPE.get(type) ?? told.kind, occurredAt: providerCreatedAt };
}
