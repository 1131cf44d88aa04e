import { Logger } from '@nestjs/common';

/** Does a piece of work when it is woken and, woken or not, once in a while; never twice at once. */
export class RelayLoop {
  private readonly logger = new Logger(RelayLoop.name);
  private readonly stopping = new AbortController();
  private ended: Promise<void> = Promise.resolve();
  private wakened = false;
  private rise: () => void = () => undefined;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    /** Ends as soon as it can once the signal says so. */
    private readonly work: (stop: AbortSignal) => Promise<unknown>,
  ) {}

  start(): void {
    this.ended = this.run();
  }

  /** Also during the work: what it may have overlooked is then looked for once more. */
  wake(): void {
    this.wakened = true;
    this.rise();
  }

  /** Ends after the work that is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.rise();
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wakened = false;
      const failed = await this.runOnce();
      // A failure is not tried again at once, however loudly somebody calls.
      if (failed || !this.wakened) await this.sleep(failed);
    }
  }

  private async runOnce(): Promise<boolean> {
    try {
      await this.work(this.stopping.signal);
      return false;
    } catch (error) {
      this.logger.error({ msg: 'relay_failed', relay: this.name, reason: String(error) });
      return true;
    }
  }

  private async sleep(soundly: boolean): Promise<void> {
    if (this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.intervalMs);
      this.rise = () => {
        if (soundly && !this.stopping.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.rise = () => undefined;
  }
}
