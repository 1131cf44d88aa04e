import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Sweep } from '../../../platform/queue/index.js';
import { ProcessEvents } from '../use-cases/process-events.use-case.js';
import { PruneEvents } from '../use-cases/prune-events.use-case.js';

const PRUNE_INTERVAL_MS = 60_000;

/** What the worker looks for by itself, whether or not Redis is there to ring. */
@Injectable()
export class InboxSweeps implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(@Inject(CONFIG) config: Config, process: ProcessEvents, prune: PruneEvents) {
    this.sweeps = [
      new Sweep('process-webhook-events', config.SWEEP_INTERVAL_SECONDS * 1_000, (stop) => process.sweep(stop)),
      new Sweep('prune-webhook-events', PRUNE_INTERVAL_MS, () => prune.execute()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }
}
