import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Sweep } from '../../platform/queue/index.js';
import { PROVIDER_BOOKS, type ProviderBooks } from '../gateway/provider-books.js';
import { CompareBooks } from '../use-cases/compare-books.use-case.js';
import { FetchMissedEvents } from '../use-cases/fetch-missed-events.use-case.js';

/**
 * Looks whether it is time to compare. When it is, the database says: a worker that starts anew makes up for what was missed
 * and repeats nothing.
 */
@Injectable()
export class ReconciliationSweeps implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(PROVIDER_BOOKS) provider: ProviderBooks,
    missedEvents: FetchMissedEvents,
    books: CompareBooks,
  ) {
    const intervalMs = config.SWEEP_INTERVAL_SECONDS * 1_000;
    this.sweeps = provider.isConfigured
      ? [
          new Sweep('fetch-missed-events', intervalMs, (stop) => missedEvents.execute(stop)),
          new Sweep('compare-books', intervalMs, (stop) => books.execute(stop)),
        ]
      : [];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }
}
