import { Readable } from 'node:stream';

/** What a listener may be behind with, in bytes, before he is sent away to come back by himself. */
const MOST_WAITING_BYTES = 1_048_576;

/** How soon a browser comes back after its stream has ended. */
const RETRY_MS = 2_000;

/**
 * Events on their way to one listener, in the format of server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). Ends by itself where the listener does not keep up.
 */
export class EventStream extends Readable {
  private rested: () => void = () => undefined;

  constructor() {
    super();
    // The head of the answer goes out with the first bytes.
    this.push(`retry: ${RETRY_MS}\n\n`);
  }

  tell(id: string, event: object): void {
    this.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  /** Keeps proxies from taking the silence for the end. */
  beat(): void {
    this.write(': still here\n\n');
  }

  /** Ends after what was told. */
  finish(): void {
    if (!this.closing) this.push(null);
  }

  /** Resolves once the listener has taken what he was told, or is gone. */
  async drained(): Promise<void> {
    while (this.readableLength > 0 && !this.closing) await new Promise<void>((resolve) => (this.rested = resolve));
  }

  get closing(): boolean {
    return this.destroyed || this.readableEnded || this.errored !== null;
  }

  override _read(): void {
    this.rested();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.rested();
    callback(error);
  }

  private write(text: string): void {
    if (this.closing) return;
    this.push(text);
    if (this.readableLength > MOST_WAITING_BYTES) this.destroy();
  }
}
