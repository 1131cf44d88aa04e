import { Injectable, Logger } from '@nestjs/common';
import { PaymentFacts } from '../../../checkout/index.js';
import { systemActor } from '../../../kernel/actor.js';
import { Gathering } from '../../../kernel/gathering.js';
import type { Payment, PaymentFact } from '../../../payments/index.js';
import { Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import { type EventTopic, topicOfEvent } from '../domain/event-topic.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { factOfEvent } from './apply-intent.js';
import { ApplyRefund } from './apply-refund.js';
import type { EventOutcome } from './event-outcome.js';

/** So many that their number hardly counts, so few that no buyer waits long for their stock. */
const MOST_TOGETHER = 32;
/** What is told of in heaps. */
const TOPICS: ReadonlySet<EventTopic | undefined> = new Set(['payment', 'refund', 'refunded_charge']);

/** An event with what it says. */
interface ReadEvent {
  readonly event: WebhookEvent;
  readonly fact: PaymentFact;
}

/** What became of those events that were worked on. */
type Outcomes = ReadonlyMap<WebhookEvent, EventOutcome>;

/**
 * Works on many events about payments and refunds at once: most of them are old news, or say that a buyer has paid. What any
 * other event means, or one of these where something stands against it, is for `ApplyEvent`. One transaction at a time: what
 * comes in heaps leaves the database to buyers and to what still comes in, and the more of it there is, the less each of them
 * costs.
 */
@Injectable()
export class ApplyTogether {
  private readonly logger = new Logger(ApplyTogether.name);
  private readonly gathering = new Gathering<WebhookEvent, EventOutcome | undefined>(
    (events) => this.tryAll(events),
    MOST_TOGETHER,
  );

  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
    private readonly facts: PaymentFacts,
    private readonly refunds: ApplyRefund,
  ) {}

  /** Answers what became of those that it worked on, of events that were taken. */
  async execute(events: readonly WebhookEvent[]): Promise<Outcomes> {
    const told = events.filter((event) => TOPICS.has(topicOfEvent(event)));
    const outcomes = await Promise.all(told.map((event) => this.gathering.add(event)));
    return new Map(
      told.flatMap((event, place) => {
        const outcome = outcomes[place];
        return outcome ? [[event, outcome] as const] : [];
      }),
    );
  }

  /** Those about payments and those about refunds apart: an order is never locked after a refund. */
  private async tryAll(events: readonly WebhookEvent[]): Promise<readonly (EventOutcome | undefined)[]> {
    const [payments, refunds] = [events.filter(isOfPayment), events.filter((event) => !isOfPayment(event))];
    const outcomes = new Map([
      ...(await this.applyOrNone(payments, (tx) => this.apply(tx, payments))),
      ...(await this.applyOrNone(refunds, (tx) => this.finishOldNews(tx, refunds))),
    ]);
    return events.map((event) => outcomes.get(event));
  }

  /** Where one of them cannot be worked on, none is: then each is to be tried by itself. */
  private async applyOrNone(events: readonly WebhookEvent[], work: (tx: Tx) => Promise<Outcomes>): Promise<Outcomes> {
    if (events.length < 2) return new Map();
    try {
      return await this.database.transaction(work);
    } catch (error) {
      this.logger.warn({ msg: 'webhooks_not_applied_together', count: events.length, reason: String(error) });
      return new Map();
    }
  }

  /** What the events do and that they were done become true together. */
  private async apply(tx: Tx, events: readonly WebhookEvent[]): Promise<Outcomes> {
    const read = events.map((event) => ({ event, fact: factOfEvent(event) }));
    const [taken, payments] = await inOnePacket(
      this.events.lockAllTaken(tx, events),
      this.facts.findKnown(
        tx,
        read.flatMap(({ fact }) => fact.providerPaymentId ?? []),
      ),
    );
    const told = read.filter(({ event }) => taken.has(event.id)).flatMap((each) => toldOf(each, payments));
    if (told.length === 0) return new Map();
    const outcomes = [...(await this.facts.applyTogether(tx, told))];
    return this.finish(
      tx,
      outcomes.map(([{ event }, outcome]) => [event, outcome]),
    );
  }

  private async finishOldNews(tx: Tx, events: readonly WebhookEvent[]): Promise<Outcomes> {
    const [taken, old] = await inOnePacket(this.events.lockAllTaken(tx, events), this.refunds.findOldNews(tx, events));
    const done = old.filter(({ id }) => taken.has(id));
    return this.finish(
      tx,
      done.map((event) => [event, 'old_news']),
    );
  }

  private async finish(tx: Tx, outcomes: readonly (readonly [WebhookEvent, EventOutcome])[]): Promise<Outcomes> {
    if (outcomes.length === 0) return new Map();
    await this.events.finishAll(
      tx,
      outcomes.map(([{ id }]) => id),
    );
    return new Map(outcomes);
  }
}

function isOfPayment(event: WebhookEvent): boolean {
  return topicOfEvent(event) === 'payment';
}

/** Nothing, where no payment is known by that name: it may be one whose intent we never heard of. */
function toldOf({ event, fact }: ReadEvent, payments: readonly Payment[]) {
  const payment = payments.find(({ providerPaymentId }) => providerPaymentId === fact.providerPaymentId);
  return payment ? [{ event, fact, payment, actor: systemActor(event.provider, event.providerEventId) }] : [];
}
