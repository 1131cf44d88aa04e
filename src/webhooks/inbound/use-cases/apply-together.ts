import { Injectable, Logger } from '@nestjs/common';
import { PaymentFacts } from '../../../checkout/index.js';
import { systemActor } from '../../../kernel/actor.js';
import { Gathering } from '../../../kernel/gathering.js';
import type { Payment, PaymentFact } from '../../../payments/index.js';
import { Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import { topicOfEvent } from '../domain/event-topic.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { factOfEvent } from './apply-intent.js';
import type { EventOutcome } from './event-outcome.js';

/** So many that their number hardly counts, so few that no buyer waits long for their stock. */
const MOST_TOGETHER = 32;

/** An event with what it says. */
interface ReadEvent {
  readonly event: WebhookEvent;
  readonly fact: PaymentFact;
}

/** What became of those events that were worked on. */
type Outcomes = ReadonlyMap<WebhookEvent, EventOutcome>;

/**
 * Works on many events about payments at once: most of them are old news, or say that a buyer has paid. What any other event
 * means, or one of these where something stands against it, is for `ApplyEvent`. One transaction at a time: what comes in heaps
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
  ) {}

  /** Answers what became of those that it worked on, of events that were taken. */
  async execute(events: readonly WebhookEvent[]): Promise<Outcomes> {
    const told = events.filter((event) => topicOfEvent(event) === 'payment');
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
      const read = events.map((event) => ({ event, fact: factOfEvent(event) }));
      return await this.database.transaction((tx) => this.apply(tx, read));
    } catch (error) {
      this.logger.warn({ msg: 'webhooks_not_applied_together', count: events.length, reason: String(error) });
      return new Map();
    }
  }

  /** What the events do and that they were done become true together. */
  private async apply(tx: Tx, read: readonly ReadEvent[]): Promise<Outcomes> {
    const [taken, payments] = await inOnePacket(
      this.events.lockAllTaken(
        tx,
        read.map(({ event }) => event),
      ),
      this.facts.findKnown(
        tx,
        read.flatMap(({ fact }) => fact.providerPaymentId ?? []),
      ),
    );
    const told = read.filter(({ event }) => taken.has(event.id)).flatMap((each) => toldOf(each, payments));
    if (told.length === 0) return new Map();
    const outcomes = [...(await this.facts.applyTogether(tx, told))];
    await this.events.finishAll(
      tx,
      outcomes.map(([{ event }]) => event.id),
    );
    return new Map(outcomes.map(([{ event }, outcome]) => [event, outcome]));
  }
}

/** Nothing, where no payment is known by that name: it may be one whose intent we never heard of. */
function toldOf({ event, fact }: ReadEvent, payments: readonly Payment[]) {
  const payment = payments.find(({ providerPaymentId }) => providerPaymentId === fact.providerPaymentId);
  return payment ? [{ event, fact, payment, actor: systemActor(event.provider, event.providerEventId) }] : [];
}
