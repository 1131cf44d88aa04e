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
 * other event means, or one of these where something stands against it, is for `ApplyEvent`. One transaction at a time: what comes in heaps
 * leaves the database to buyers and to what still comes in, and the more of it there is, the less each of them costs.
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

  /** Where one of them cannot be worked on, none is: then each is to be tried by itself. */
  private async tryAll(events: readonly WebhookEvent[]): Promise<readonly (EventOutcome | undefined)[]> {
    const outcomes: Outcomes =
      events.length > 1 ? await this.applyOrNone(events) : new Map<WebhookEvent, EventOutcome>();
    return events.map((event) => outcomes.get(event));
  }

  private async applyOrNone(events: readonly WebhookEvent[]): Promise<Outcomes> {
    try {
      return await this.database.transaction((tx) => this.apply(tx, events));
    } catch (error) {
      this.logger.warn({ msg: 'webhooks_not_applied_together', count: events.length, reason: String(error) });
      return new Map();
    }
  }

  /** What the events do and that they were done become true together. */
  private async apply(tx: Tx, events: readonly WebhookEvent[]): Promise<Outcomes> {
    const read = events
      .filter((event) => topicOfEvent(event) === 'payment')
      .map((event) => ({ event, fact: factOfEvent(event) }));
    const [taken, payments, oldNews] = await inOnePacket(
      this.events.lockAllTaken(tx, events),
      this.facts.findKnown(
        tx,
        read.flatMap(({ fact }) => fact.providerPaymentId ?? []),
      ),
      this.refunds.findOldNews(tx, events),
    );
    const outcomes = new Map<WebhookEvent, EventOutcome>();
    for (const event of oldNews) if (taken.has(event.id)) outcomes.set(event, 'old_news');
    const told = read.filter(({ event }) => taken.has(event.id)).flatMap((each) => toldOf(each, payments));
    if (told.length > 0) {
      for (const [{ event }, outcome] of await this.facts.applyTogether(tx, told)) outcomes.set(event, outcome);
    }
    const done = [...outcomes.keys()].map(({ id }) => id);
    if (done.length > 0) await this.events.finishAll(tx, done);
    return outcomes;
  }
}

/** Nothing, where no payment is known by that name: it may be one whose intent we never heard of. */
function toldOf({ event, fact }: ReadEvent, payments: readonly Payment[]) {
  const payment = payments.find(({ providerPaymentId }) => providerPaymentId === fact.providerPaymentId);
  return payment ? [{ event, fact, payment, actor: systemActor(event.provider, event.providerEventId) }] : [];
}
