import { Injectable, Logger } from '@nestjs/common';
import { Database, inOnePacket, type Tx } from '../../../platform/database/index.js';
import type { RefundFact } from '../../../refunds/index.js';
import { isFatal } from '../domain/retry-policy.js';
import type { WebhookEvent, WebhookEventId } from '../domain/webhook-event.js';
import { WebhookEventRepository } from '../persistence/webhook-event.repository.js';
import { ApplyEvent } from './apply-event.js';
import { ApplyTogether } from './apply-together.js';
import type { EventOutcome } from './event-outcome.js';
import { IntakePressure } from './intake-pressure.js';
import { PostponeEvent } from './postpone-event.js';

/**
 * Longer than the work on what is taken together mostly takes, and than the work on one event ever does, the question to the
 * provider included; short enough that a crash is made up for within a minute. Work that outlives it changes nothing: it finds
 * that the event was taken over.
 */
const LEASE_SECONDS = 20;
/** Only of events that nobody took before: one over which the process dies must not take others with it for ever. */
const TOGETHER = 8;
const MOST_PER_SWEEP = 20_000;
/** Events at once: they wait for the database far more than they compute, and one that asks Stripe keeps one lane alone. */
const LANES = 3;
/** What is taken one after the other first: in the order in which they came, events have less to ask Stripe about. */
const MOST_IN_ORDER = 100;

/** Works on what was received. Any number of workers may do so at once; each event takes effect once. */
@Injectable()
export class ProcessEvents {
  private readonly logger = new Logger(ProcessEvents.name);

  constructor(
    private readonly database: Database,
    private readonly events: WebhookEventRepository,
    private readonly applyEvent: ApplyEvent,
    private readonly applyTogether: ApplyTogether,
    private readonly postpone: PostponeEvent,
    private readonly pressure: IntakePressure,
  ) {}

  /** Works on every event whose time has come, until it is told to stop, and answers how many those were. */
  async sweep(stop?: AbortSignal): Promise<number> {
    const first = await this.workOff(MOST_IN_ORDER, stop);
    if (first < MOST_IN_ORDER) return first;
    const lanes = await Promise.all(Array.from({ length: LANES }, () => this.workOff(MOST_PER_SWEEP / LANES, stop)));
    return lanes.reduce((sum, count) => sum + count, first);
  }

  private async workOff(most: number, stop: AbortSignal | undefined): Promise<number> {
    const fresh = await this.workOffBy((tx) => this.events.takeFresh(tx, TOGETHER, LEASE_SECONDS), most, stop);
    return fresh + (await this.workOffBy((tx) => this.events.takeNext(tx, LEASE_SECONDS), most - fresh, stop));
  }

  private async workOffBy(
    take: (tx: Tx) => Promise<readonly WebhookEvent[]>,
    most: number,
    stop: AbortSignal | undefined,
  ): Promise<number> {
    let count = 0;
    while (count < most && stop?.aborted !== true) {
      const taken = await this.take(take);
      if (taken.length === 0) break;
      await this.handleAll(taken);
      count += taken.length;
    }
    return count;
  }

  /** Works on these events, together or one after the other, as far as their time has come and nobody else does. */
  async process(ids: readonly WebhookEventId[]): Promise<void> {
    await this.handleAll(await this.take((tx) => this.events.take(tx, ids, LEASE_SECONDS)));
  }

  private async take(some: (tx: Tx) => Promise<readonly WebhookEvent[]>): Promise<readonly WebhookEvent[]> {
    await this.pressure.over();
    const taken = await this.database.transaction(some);
    // Ids rise in the order in which they came.
    return taken.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Together as far as may be. An event that was taken before has failed with others, or its process died: it goes alone. */
  private async handleAll(taken: readonly WebhookEvent[]): Promise<void> {
    const outcomes = await this.applyTogether.execute(taken.filter(({ attempts }) => attempts === 1));
    for (const [event, outcome] of outcomes) this.report(event, outcome);
    for (const event of taken) if (!outcomes.has(event)) await this.handle(event);
  }

  /** An event that fails is put off, so that it never keeps the others waiting. */
  private async handle(event: WebhookEvent): Promise<void> {
    if (isFatal(event)) return this.postpone.fatal(event);
    try {
      const refunds = await this.applyEvent.prepare(event);
      const outcome = await this.database.transaction((tx) => this.apply(tx, event, refunds));
      this.report(event, outcome);
    } catch (error) {
      await this.postpone.failed(event, error);
    }
  }

  /** What the event does and that it was done become true together. */
  private async apply(
    tx: Tx,
    event: WebhookEvent,
    refunds: readonly RefundFact[],
  ): Promise<EventOutcome | 'taken_over'> {
    const [taken, payment] = await inOnePacket(this.events.lockTaken(tx, event), this.applyEvent.find(tx, event));
    if (!taken) return 'taken_over';
    const outcome = await this.applyEvent.execute(tx, event, { refunds, payment });
    if (outcome === 'unknown_payment') await this.postpone.unknown(tx, event);
    else await this.events.finish(tx, event.id, outcome === 'meaningless' ? 'ignored' : 'processed');
    return outcome;
  }

  private report({ id, providerEventId, type }: WebhookEvent, outcome: EventOutcome | 'taken_over'): void {
    this.logger.log({
      msg: 'webhook_processed',
      webhook_event_id: id,
      provider_event_id: providerEventId,
      type,
      outcome,
    });
  }
}
