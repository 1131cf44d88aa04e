import { Injectable, Logger } from '@nestjs/common';
import { PaymentFacts } from '../../../checkout/index.js';
import { systemActor } from '../../../kernel/actor.js';
import { Gathering } from '../../../kernel/gathering.js';
import type { Payment, PaymentFact } from '../../../payments/index.js';
import { Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import { saysPaid } from '../domain/event-topic.js';
import type { WebhookEvent } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { factOfEvent } from './apply-intent.js';

/** So many that their number hardly counts, so few that no buyer waits long for their stock. */
const MOST_TOGETHER = 32;

/** An event with what it says. */
interface ReadEvent {
  readonly event: WebhookEvent;
  readonly fact: PaymentFact;
}

/**
 * Applies many events at once by which buyers have paid. What any other event means, or one of these where something stands
 * against it, is for `ApplyEvent`. One transaction at a time: what comes in heaps leaves the database to buyers and to what still
 * comes in, and the more of it there is, the less each of them costs.
 */
@Injectable()
export class ApplyTogether {
  private readonly logger = new Logger(ApplyTogether.name);
  private readonly paid = new Gathering<WebhookEvent, boolean>((events) => this.tryAll(events), MOST_TOGETHER);

  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
    private readonly facts: PaymentFacts,
  ) {}

  /** Answers those that it applied, of events that were taken. */
  async execute(events: readonly WebhookEvent[]): Promise<readonly WebhookEvent[]> {
    const paid = events.filter(saysPaid);
    const applied = await Promise.all(paid.map((event) => this.paid.add(event)));
    return paid.filter((_, place) => applied[place]);
  }

  /** Where one of them cannot be applied, none is: then each is to be tried by itself. */
  private async tryAll(events: readonly WebhookEvent[]): Promise<readonly boolean[]> {
    const applied = events.length > 1 ? await this.applyOrNone(events) : new Set<WebhookEvent>();
    return events.map((event) => applied.has(event));
  }

  private async applyOrNone(events: readonly WebhookEvent[]): Promise<ReadonlySet<WebhookEvent>> {
    try {
      const read = events.map((event) => ({ event, fact: factOfEvent(event) }));
      return new Set(await this.database.transaction((tx) => this.apply(tx, read)));
    } catch (error) {
      this.logger.warn({ msg: 'webhooks_not_applied_together', count: events.length, reason: String(error) });
      return new Set();
    }
  }

  /** What the events do and that they were done become true together. */
  private async apply(tx: Tx, read: readonly ReadEvent[]): Promise<readonly WebhookEvent[]> {
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
    if (told.length === 0) return [];
    const applied = (await this.facts.applyTogether(tx, told)).map(({ event }) => event);
    await this.events.finishAll(
      tx,
      applied.map(({ id }) => id),
    );
    return applied;
  }
}

/** Nothing, where no payment is known by that name: it may be one whose intent we never heard of. */
function toldOf({ event, fact }: ReadEvent, payments: readonly Payment[]) {
  const payment = payments.find(({ providerPaymentId }) => providerPaymentId === fact.providerPaymentId);
  return payment ? [{ event, fact, payment, actor: systemActor(event.provider, event.providerEventId) }] : [];
}
