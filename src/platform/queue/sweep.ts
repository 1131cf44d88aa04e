import { Logger } from '@nestjs/common';

/**
 * Runs a piece of work again and again, never twice at once, independent of Redis: what no job rang for is found here.
 * The work itself must be safe to run beside other workers.
 */
export class Sweep {
  private readonly logger = new Logger(Sweep.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    /** Ends as soon as it can once the signal says so: a deployment waits for it. */
    private readonly work: (stop: AbortSignal) => Promise<unknown>,
  ) {}

  start(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.runOnce().finally(() => this.start());
    }, this.intervalMs);
  }

  /** Ends after the run that is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private async runOnce(): Promise<void> {
    try {
      await this.work(this.stopping.signal);
    } catch (error) {
      this.logger.error({ msg: 'sweep_failed', sweep: this.name, reason: String(error) });
    }
  }
}
