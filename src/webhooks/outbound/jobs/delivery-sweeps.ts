import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { Sweep } from '../../../platform/queue/index.js';
import { DeliverDue } from '../use-cases/deliver-due.use-case.js';
import { TendDeliveries } from '../use-cases/tend-deliveries.use-case.js';

const TEND_INTERVAL_MS = 60_000;

/** What the worker looks for by itself, whether or not Redis is there to ring. */
@Injectable()
export class DeliverySweeps implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly deliver: DeliverDue,
    tend: TendDeliveries,
  ) {
    this.sweeps = [
      new Sweep('deliver-webhooks', config.SWEEP_INTERVAL_SECONDS * 1_000, () => deliver.execute()),
      new Sweep('tend-deliveries', TEND_INTERVAL_MS, () => tend.execute()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  /** Before connections are closed: what is under way is to be written down. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.sweeps.map((sweep) => sweep.stop()), this.deliver.stop()]);
  }
}
