import type { WebhookEndpointId } from '../domain/endpoint.js';
import type { SentDelivery, SignedDelivery } from './exchange-deliveries.js';

export interface QueueWork {
  /** Writes down what was sent, and takes at most `places` more. */
  exchange(id: WebhookEndpointId, sent: readonly SentDelivery[], places: number): Promise<readonly SignedDelivery[]>;
  /** Sends one. Never throws. */
  send(delivery: SignedDelivery): Promise<SentDelivery>;
}

/**
 * Sends to one endpoint what is due for it, so many at a time, until nothing is. Each endpoint has one by itself and waits
 * for nobody else's answers. Whatever has come back while the last exchange with the database was under way goes into the
 * next one together: the busier it gets, the fewer transactions it takes.
 */
export class EndpointQueue {
  private underWay = 0;
  private sent: SentDelivery[] = [];
  private called = false;
  private stirred: () => void = () => undefined;

  constructor(
    private readonly id: WebhookEndpointId,
    private readonly places: number,
    private readonly work: QueueWork,
  ) {}

  /** There may be more to send. */
  call(): void {
    this.called = true;
    this.stirred();
  }

  /** Once `stop` is aborted, ends as soon as everything that is under way has been written down. */
  async run(stop: AbortSignal): Promise<void> {
    for (;;) {
      await this.exchange(stop.aborted ? 0 : this.places - this.underWay);
      const busy = this.sent.length > 0 || (this.called && !stop.aborted && this.underWay < this.places);
      if (busy) continue;
      if (this.underWay === 0) return;
      await new Promise<void>((resolve) => (this.stirred = resolve));
    }
  }

  private async exchange(free: number): Promise<void> {
    this.called = false;
    const sent = this.sent.splice(0);
    if (sent.length === 0 && free === 0) return;
    for (const delivery of await this.work.exchange(this.id, sent, free)) this.begin(delivery);
  }

  private begin(delivery: SignedDelivery): void {
    this.underWay += 1;
    void this.work.send(delivery).then((sent) => {
      this.underWay -= 1;
      this.sent.push(sent);
      this.stirred();
    });
  }
}
