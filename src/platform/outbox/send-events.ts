import { Inject, Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../database/index.js';
import { EVENT_TRANSPORTS, type EventTransport, type Refusal } from './event-route.js';
import { OutboxSendingRepository, type TakenEvent } from './outbox-sending.repository.js';
import { afterOutage, afterRefusal, isFatal } from './sending-policy.js';

const BATCH = 500;
const MOST_BATCHES = 200;
const LEASE_SECONDS = 30;
/** Well within the lease, so that what was sent is marked before anybody else may send it. */
const SENDING_LIMIT_MS = 20_000;
const LONGEST_ERROR = 500;

/**
 * Sends published events out of the house: takes some, sends them outside of any transaction, marks them in a second one.
 * A crash in between sends them again, so that each arrives at least once. Any number of workers may do so at once.
 */
@Injectable()
export class SendEvents {
  private readonly logger = new Logger(SendEvents.name);
  private outages = 0;
  private pausedUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly sendings: OutboxSendingRepository,
    @Inject(EVENT_TRANSPORTS) private readonly transports: readonly EventTransport[],
  ) {}

  /** Whether there is anybody to send to. Where there is not, all that can be due is what waited for one before. */
  get hasTransports(): boolean {
    return this.transports.length > 0;
  }

  /** Sends what is due, and answers how many events transports have taken. */
  async execute(stop?: AbortSignal): Promise<number> {
    let sent = 0;
    for (let batch = 0; batch < MOST_BATCHES && stop?.aborted !== true; batch += 1) {
      if (Date.now() < this.pausedUntil) break;
      const taken = await this.database.transaction((tx) => this.sendings.take(tx, BATCH, LEASE_SECONDS));
      if (taken.length === 0) break;
      sent += await this.send(taken);
    }
    return sent;
  }

  private async send(taken: readonly TakenEvent[]): Promise<number> {
    const fatal = taken.filter(isFatal).map(({ id }) => ({ id, reason: 'each time the process died over it' }));
    const events = withoutFollowers(taken, fatal);
    const refusals = await this.offer(events);
    if (refusals === 'out of reach') {
      await this.database.transaction((tx) => this.sendings.giveBack(tx, taken), 'concluding');
      return 0;
    }
    return this.database.transaction((tx) => this.record(tx, taken, [...fatal, ...refusals]), 'concluding');
  }

  /** What some transport would not take. Whatever is not done at one of them is offered again to all. */
  private async offer(events: readonly TakenEvent[]): Promise<readonly Refusal[] | 'out of reach'> {
    const refusals: Refusal[] = [];
    for (const transport of events.length === 0 ? [] : this.transports) {
      try {
        refusals.push(...(await transport.publish(events, AbortSignal.timeout(SENDING_LIMIT_MS))));
      } catch (error) {
        this.pause(transport, error);
        return 'out of reach';
      }
    }
    this.outages = 0;
    return refusals;
  }

  private pause({ name }: EventTransport, error: unknown): void {
    this.outages += 1;
    const pauseMs = afterOutage(this.outages);
    this.pausedUntil = Date.now() + pauseMs;
    this.logger.warn({ msg: 'event_transport_unavailable', transport: name, reason: String(error), pause_ms: pauseMs });
  }

  private async record(tx: Tx, taken: readonly TakenEvent[], refusals: readonly Refusal[]): Promise<number> {
    const sent = withoutFollowers(taken, refusals);
    const refused = new Map(refusals.map((refusal) => [refusal.id, refusal]));
    const gone = new Set(sent.map(({ id }) => id));
    await this.sendings.finish(tx, [...gone]);
    await this.sendings.giveBack(
      tx,
      taken.filter(({ id }) => !gone.has(id) && !refused.has(id)),
    );
    for (const event of taken) {
      const refusal = refused.get(event.id);
      if (refusal) await this.putOff(tx, event, refusal);
    }
    return sent.length;
  }

  private async putOff(tx: Tx, event: TakenEvent, refusal: Refusal): Promise<void> {
    const pause = afterRefusal(event.attempts);
    const reason = refusal.reason.slice(0, LONGEST_ERROR);
    await this.sendings.refuse(tx, event, { id: event.id, reason }, pause);
    const facts = {
      event_id: event.id,
      type: event.type,
      subject: event.aggregateId,
      attempts: event.attempts,
      reason,
    };
    this.database.afterCommit(tx, () => {
      if (pause === 'dead') this.logger.error({ msg: 'event_dead', ...facts });
      else this.logger.warn({ msg: 'event_refused', ...facts, pause_seconds: pause });
    });
  }
}

/** The events without those that were refused, and without what comes after these in the same aggregate. */
function withoutFollowers(events: readonly TakenEvent[], refusals: readonly Refusal[]): TakenEvent[] {
  const refused = new Set(refusals.map(({ id }) => id));
  const stopped = new Set<string>();
  return events.filter(({ id, aggregateId }) => {
    if (refused.has(id)) stopped.add(aggregateId);
    return !stopped.has(aggregateId);
  });
}
