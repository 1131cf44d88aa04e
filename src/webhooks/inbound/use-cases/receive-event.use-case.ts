import { Injectable, Logger } from '@nestjs/common';
import { Gathering } from '../../../kernel/gathering.js';
import { newId } from '../../../kernel/id.js';
import { answeredLater, Database, isDatabaseUnavailable } from '../../../platform/database/index.js';
import { RedisStore } from '../../../platform/redis/index.js';
import { topicOfEvent } from '../domain/event-topic.js';
import type { ReceivedEvent } from '../domain/webhook-event.js';
import { type NewEvent, WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { KnownEventQuery } from '../queries/known-event.query.js';
import { EventBell } from './event-bell.js';
import { IntakePressure } from './intake-pressure.js';

export type Reception = 'stored' | 'duplicate';

/** As long as Stripe goes on trying to deliver an event (https://docs.stripe.com/webhooks#retries). */
const REMEMBERED_SECONDS = 3 * 86_400;
/** Most events have 3 KB or so; one that is much larger is stored by itself, for the sake of memory. */
const MOST_TOGETHER = 64;
const LARGE_CHARACTERS = 64 * 1024;

/**
 * Stores events for good, once, and leaves the work to a job: whoever delivers one is answered at once. What comes at the same
 * moment is stored together, since a commit for each would cost more than all the rest.
 */
@Injectable()
export class ReceiveEvent {
  private readonly logger = new Logger(ReceiveEvent.name);
  private readonly arriving = new Gathering<ReceivedEvent, Reception>(
    (events) => this.receive(events),
    MOST_TOGETHER,
    isDatabaseUnavailable,
  );

  constructor(
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly events: WebhookEventRepository,
    private readonly known: KnownEventQuery,
    private readonly bell: EventBell,
    private readonly pressure: IntakePressure,
  ) {}

  async execute(event: ReceivedEvent): Promise<Reception> {
    if (event.payload.length < LARGE_CHARACTERS) return this.arriving.add(event);
    const [reception = 'duplicate'] = await this.receive([event]);
    return reception;
  }

  /** Stores what nobody can read, once, for a person to see. `event` names it by where it was found. */
  async setAside(event: ReceivedEvent, error: string): Promise<Reception> {
    const parked: NewEvent = { id: newId('whe'), event, status: 'parked', error };
    const stored = await this.database.transaction((tx) => this.events.insertAll(tx, [parked]));
    if (!stored.has(parked.id)) return 'duplicate';
    this.logger.error({ msg: 'webhook_parked', webhook_event_id: parked.id, origin: event.origin, reason: error });
    return 'stored';
  }

  private async receive(events: readonly ReceivedEvent[]): Promise<readonly Reception[]> {
    const crowded = this.pressure.note(events.length);
    const duplicates = new Set(crowded ? [] : await this.findDuplicates(events));
    const given = events.filter((event) => !duplicates.has(event)).map(newEvent);
    const stored = given.length > 0 ? await this.store(given) : new Set<ReceivedEvent>();
    return events.map((event) => (stored.has(event) ? 'stored' : 'duplicate'));
  }

  /**
   * Redis says where a look is worth while, and spares a write; that nothing is lost PostgreSQL alone can say. It is not asked
   * where others wait for the answer: the writing finds out as well what was there already.
   */
  private async findDuplicates(events: readonly ReceivedEvent[]): Promise<readonly ReceivedEvent[]> {
    const seen = await this.redis.known(events.map(keyOf));
    return this.known.find(events.filter((event) => seen.has(keyOf(event))));
  }

  /** Answers what was not there already. In one round trip, and past those who have not even begun: it may tell of money. */
  private async store(given: readonly NewEvent[]): Promise<ReadonlySet<ReceivedEvent>> {
    const inserted = await this.database.transaction(
      async (tx) => answeredLater(this.events.insertAll(tx, given)),
      'concluding',
    );
    const ids = await inserted.answer;
    const stored = given.filter(({ id }) => ids.has(id));
    this.announce(stored);
    // After the commit, and also for a duplicate: Redis only ever knows what PostgreSQL has. Nobody waits for it.
    void this.redis.putAll(
      given.map(({ event }) => keyOf(event)),
      '1',
      REMEMBERED_SECONDS,
    );
    return new Set(stored.map(({ event }) => event));
  }

  private announce(stored: readonly NewEvent[]): void {
    for (const { id, event, status } of stored) {
      const { provider, providerEventId, type } = event;
      const names = { webhook_event_id: id, provider, provider_event_id: providerEventId };
      this.logger.log({ msg: 'webhook_received', ...names, type, status });
    }
    this.bell.ringFor(stored.filter(({ status }) => status === 'received'));
  }
}

function newEvent(event: ReceivedEvent): NewEvent {
  const status = topicOfEvent(event) === undefined ? 'ignored' : 'received';
  return { id: newId('whe'), event, status, error: null };
}

function keyOf(event: ReceivedEvent): string {
  const { provider, providerEventId } = event;
  return provider === 'stripe' ? `webhook:${providerEventId}` : `webhook:${provider}:${providerEventId}`;
}
