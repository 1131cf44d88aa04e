import type { Account } from '../account.js';
import { NO_REQUEST } from '../transaction.js';
import type { DeliveryRules } from './delivery-queue.js';
import { WebhookEndpoint, type EndpointConfig } from './endpoint.js';

const MAX_ENDPOINTS = 16;

type Timing = Pick<DeliveryRules, 'timeoutMs' | 'attempts' | 'backoffMs'>;

/** All receivers of events. They belong to the process, not to the account: a restart knows only those of its options. */
export class Webhooks {
  private readonly endpoints = new Map<string, WebhookEndpoint>();
  private account: Account | undefined;

  constructor(
    private readonly timing: Timing,
    private readonly initial: readonly { readonly url: string; readonly secret: string }[],
  ) {}

  urls(): readonly string[] {
    return [...this.endpoints.keys()];
  }

  /** Starts to deliver what the account announces, and what an earlier process left undelivered. */
  attach(account: Account): void {
    this.account = account;
    this.restoreInitial();
    account.subscribe((written) => {
      for (const [id, row] of written.event) row.urls.forEach((url) => this.endpoints.get(url)?.accept(id));
    });
    for (const [id, row] of account.entries('event')) {
      const unsettled = row.urls.filter((url) => account.find('delivery', `${id} ${url}`) === undefined);
      unsettled.forEach((url) => this.endpoints.get(url)?.accept(id));
    }
  }

  /** Adds a receiver, or changes the one with the same URL. Returns false where there are too many. */
  configure(config: EndpointConfig): boolean {
    const known = this.endpoints.get(config.url);
    if (known !== undefined) known.configure(config);
    else if (this.endpoints.size >= MAX_ENDPOINTS) return false;
    else this.endpoints.set(config.url, new WebhookEndpoint(config, this.rules()));
    return true;
  }

  /** The receivers without their secrets. */
  list(): object[] {
    return [...this.endpoints.values()].map(({ settings: { secret: _secret, ...shown } }) => shown);
  }

  /** Sends everything held and waits for those posts. Resolves to how many events were held. */
  async flush(): Promise<number> {
    const released = await Promise.all([...this.endpoints.values()].map((endpoint) => endpoint.flush()));
    return released.reduce((sum, count) => sum + count, 0);
  }

  /** Posts one event to every receiver once more. */
  async sendNow(eventId: string): Promise<{ url: string; status: number | null }[]> {
    const posts = [...this.endpoints].map(async ([url, endpoint]) => ({
      url,
      status: await endpoint.sendNow(eventId),
    }));
    return Promise.all(posts);
  }

  /** Forgets what was to be sent and every receiver but those of the options, which are in mode `normal` again. */
  reset(): void {
    this.stop();
    this.endpoints.clear();
    this.restoreInitial();
  }

  stop(): void {
    for (const endpoint of this.endpoints.values()) endpoint.stop();
  }

  private restoreInitial(): void {
    for (const { url, secret } of this.initial) this.configure({ url, secret, mode: 'normal', duplicates: 1 });
  }

  private rules(): DeliveryRules {
    return {
      ...this.timing,
      now: () => this.account?.now ?? Date.now(),
      render: (eventId) => {
        const event = this.account?.presentEvent(eventId);
        return event === undefined ? undefined : JSON.stringify(event);
      },
      onSettled: (eventId, url, state) => {
        this.account?.transact(NO_REQUEST, (tx) => tx.put('delivery', `${eventId} ${url}`, { state }));
      },
    };
  }
}
