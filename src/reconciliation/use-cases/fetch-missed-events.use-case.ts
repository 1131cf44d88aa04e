import { Inject, Injectable, Logger } from '@nestjs/common';
import { systemClock } from '../../kernel/clock.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { ReceiveEvent } from '../../webhooks/index.js';
import { dailyPieces, daysLater, type Period, secondsLater } from '../domain/days.js';
import { PROVIDER_BOOKS, type ProviderBooks } from '../gateway/provider-books.js';
import { ReconciliationRuns, type Run } from './reconciliation-runs.js';

/** As long as Stripe goes on trying to deliver an event (https://docs.stripe.com/webhooks#retries). */
const FIRST_DAYS_BACK = 3;
/** An event may show in the list a little later than its time says. */
const OVERLAP_SECONDS = 3_600;

/**
 * Asks the provider for events that did not reach us, and puts each into the inbox as its webhook would have been: by the
 * same use case, so that one which is there already, or comes yet, takes effect once.
 */
@Injectable()
export class FetchMissedEvents {
  private readonly logger = new Logger(FetchMissedEvents.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(PROVIDER_BOOKS) private readonly provider: ProviderBooks,
    private readonly runs: ReconciliationRuns,
    private readonly receiveEvent: ReceiveEvent,
  ) {}

  /** Does nothing before its time has come. Answers whether it had. */
  execute(stop?: AbortSignal): Promise<boolean> {
    return this.runs.take('events', daysLater(systemClock.now(), -FIRST_DAYS_BACK), stop, (run) => this.fetch(run));
  }

  private async fetch(run: Run): Promise<Date> {
    const since = secondsLater(run.doneUntil, -OVERLAP_SECONDS);
    for (const piece of dailyPieces(since, run.startedAt)) {
      await this.fetchPiece(run, piece);
      await run.advance(piece.to);
    }
    return secondsLater(run.startedAt, this.config.RECONCILE_EVENTS_INTERVAL_SECONDS);
  }

  private async fetchPiece(run: Run, piece: Period): Promise<void> {
    let undelivered = 0;
    let stored = 0;
    for await (const page of this.provider.undeliveredEvents(piece)) {
      await run.goOn();
      for (const event of page) if ((await this.receiveEvent.execute(event)) === 'stored') stored += 1;
      undelivered += page.length;
    }
    // Everything works all the same; but the next webhook will not reach us either.
    if (stored > 0) this.logger.warn({ msg: 'webhooks_missed', undelivered, stored });
  }
}
