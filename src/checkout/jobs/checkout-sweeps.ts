import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { PruneIdempotencyKeys } from '../../platform/idempotency/index.js';
import { Sweep } from '../../platform/queue/index.js';
import { ExpireReservations } from '../use-cases/expire-reservations.use-case.js';
import { SettlePayments } from '../use-cases/settle-payments.use-case.js';

const PRUNE_INTERVAL_MS = 60_000;

/** What the worker looks for by itself, whether or not Redis is there to ring. */
@Injectable()
export class CheckoutSweeps implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'SWEEP_INTERVAL_SECONDS'>,
    settlePayments: SettlePayments,
    expireReservations: ExpireReservations,
    pruneKeys: PruneIdempotencyKeys,
  ) {
    const intervalMs = config.SWEEP_INTERVAL_SECONDS * 1_000;
    this.sweeps = [
      new Sweep('settle-payments', intervalMs, (stop) => settlePayments.sweep(stop)),
      // Twice as often: what it finds is stock that could be sold.
      new Sweep('expire-reservations', intervalMs / 2, (stop) => expireReservations.execute(stop)),
      new Sweep('prune-idempotency-keys', PRUNE_INTERVAL_MS, () => pruneKeys.execute()),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }
}
