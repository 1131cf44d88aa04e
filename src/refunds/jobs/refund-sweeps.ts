import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Sweep } from '../../platform/queue/index.js';
import { ReturnForgottenPayments } from '../use-cases/return-forgotten-payments.use-case.js';
import { SubmitRefunds } from '../use-cases/submit-refunds.use-case.js';

/** What the worker looks for by itself, whether or not Redis is there to ring. */
@Injectable()
export class RefundSweeps implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sweeps: readonly Sweep[];

  constructor(@Inject(CONFIG) config: Config, submit: SubmitRefunds, forgotten: ReturnForgottenPayments) {
    const intervalMs = config.SWEEP_INTERVAL_SECONDS * 1_000;
    this.sweeps = [
      new Sweep('submit-refunds', intervalMs, (stop) => submit.sweep(stop)),
      new Sweep('return-forgotten-payments', intervalMs, (stop) => forgotten.execute(stop)),
    ];
  }

  onApplicationBootstrap(): void {
    for (const sweep of this.sweeps) sweep.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.sweeps.map((sweep) => sweep.stop()));
  }
}
