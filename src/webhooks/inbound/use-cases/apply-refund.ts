import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../../kernel/actor.js';
import { type Payment, PaymentsFacade } from '../../../payments/index.js';
import { Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import {
  factOfRefund,
  REFUND_GATEWAY,
  type RefundFact,
  RefundFacts,
  type RefundGateway,
} from '../../../refunds/index.js';
import { type EventTopic, topicOfEvent } from '../domain/event-topic.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import type { EventOutcome } from './event-outcome.js';
import { ProviderSilent } from './provider-silent.js';
import { objectOf, readRefund, readRefundedCharge, type RefundedCharge } from './stripe-objects.js';

/** Events `refund.*` and `charge.refunded`. */
@Injectable()
export class ApplyRefund {
  constructor(
    @Inject(REFUND_GATEWAY) private readonly gateway: RefundGateway,
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly facts: RefundFacts,
  ) {}

  /**
   * Which refunds an event tells of. Asks the provider where the event alone does not say enough, so it belongs outside of
   * any transaction. Throws ProviderSilent.
   */
  async gather(event: WebhookEvent): Promise<readonly RefundFact[]> {
    return topicOfEvent(event) === 'refunded_charge'
      ? this.gatherOfCharge(readRefundedCharge(objectOf(event.payload)))
      : this.gatherOfRefund(factOfEvent(event));
  }

  /**
   * Those of many events that change nothing any more, as far as that can be said without asking the provider and without waiting
   * for anybody. Throws where one of them cannot be read.
   */
  async findOldNews(tx: Tx, events: readonly WebhookEvent[]): Promise<readonly WebhookEvent[]> {
    const refunds = about('refund', events).map((event) => ({ event, fact: factOfEvent(event) }));
    const charges = about('refunded_charge', events).map((event) => ({
      event,
      charge: readRefundedCharge(objectOf(event.payload)),
    }));
    const [payments, old] = await inOnePacket(
      this.payments.findAllByProviderId(
        tx,
        charges.flatMap(({ charge }) => charge.intentId ?? []),
      ),
      this.facts.findOldNews(
        tx,
        refunds.map(({ fact }) => fact),
      ),
    );
    const oldCharges = charges.filter(({ charge }) => payments.some((payment) => knows(payment, charge)));
    return [...oldCharges, ...refunds.filter(({ fact }) => old.has(fact))].map(({ event }) => event);
  }

  /** A charge says only how much went back in all. Where this is more than we know of, which refunds were those? */
  private async gatherOfCharge(charge: RefundedCharge): Promise<readonly RefundFact[]> {
    const { intentId } = charge;
    const payment = intentId === null ? undefined : await this.findPayment(intentId);
    return intentId === null || !payment || knows(payment, charge) ? [] : this.list(intentId);
  }

  /**
   * A refund of ours carries its round, and moves only forward. One that was made at the provider may be told of in any
   * order, and we would book it as it once was: so the provider is asked how it stands.
   */
  private async gatherOfRefund(fact: RefundFact): Promise<readonly RefundFact[]> {
    const { refundId, providerRefundId, providerPaymentId: intentId } = fact;
    if (refundId !== null || intentId === null || !(await this.findPayment(intentId))) return [fact];
    const listed = await this.list(intentId);
    return listed.some((refund) => refund.providerRefundId === providerRefundId) ? listed : [fact];
  }

  /** Oldest first. Throws ProviderSilent. */
  private async list(intentId: string): Promise<readonly RefundFact[]> {
    try {
      return [...(await this.gateway.list(intentId))].reverse();
    } catch (error) {
      throw new ProviderSilent(error);
    }
  }

  /** Applies what was gathered. A refund that finds no payment keeps the event waiting for it. */
  async execute(tx: Tx, actor: Actor, facts: readonly RefundFact[]): Promise<EventOutcome> {
    let outcome: EventOutcome = 'old_news';
    for (const fact of facts) {
      const one = await this.facts.apply(tx, actor, fact);
      if (one === 'unknown_payment') return one;
      if (one === 'applied') outcome = one;
    }
    return outcome;
  }

  private findPayment(intentId: string): Promise<Payment | undefined> {
    return this.database.transaction((tx) => this.payments.findByProviderId(tx, intentId));
  }
}

/** Throws where the stored text is no event about a refund. */
function factOfEvent({ payload, providerCreatedAt }: WebhookEvent): RefundFact {
  return factOfRefund(readRefund(objectOf(payload)), providerCreatedAt);
}

function about(topic: EventTopic, events: readonly WebhookEvent[]): readonly WebhookEvent[] {
  return events.filter((event) => topicOfEvent(event) === topic);
}

/** Whether all that went back of a charge is promised to refunds that are known. */
function knows({ providerPaymentId, refundHold }: Payment, { intentId, refunded }: RefundedCharge): boolean {
  return providerPaymentId === intentId && refunded <= refundHold;
}
