import { signatureHeader } from './signature.js';

export interface DeliveryRules {
  readonly timeoutMs: number;
  /** How often one event is tried. */
  readonly attempts: number;
  /** Pause before the second attempt; it doubles with each further one, up to a minute. */
  readonly backoffMs: number;
  readonly now: () => number;
  /** The event as JSON text, or undefined where it is gone. */
  readonly render: (eventId: string) => string | undefined;
  readonly onSettled: (eventId: string, url: string, state: 'delivered' | 'failed') => void;
}

interface Delivery {
  readonly eventId: string;
  readonly attempt: number;
  readonly copies: number;
}

const MAX_QUEUED = 10_000;
const MAX_BACKOFF_MS = 60_000;
const IDLE_LIMIT_MS = 30_000;

/** Posts events to one receiver, a few at a time, and tries again with growing pauses where that failed. */
export class DeliveryQueue {
  parallel = 1;
  private queued: Delivery[] = [];
  private active = 0;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly stopping = new AbortController();
  private idlers: (() => void)[] = [];

  constructor(
    private readonly rules: DeliveryRules,
    private readonly target: () => { readonly url: string; readonly secret: string },
  ) {}

  add(eventId: string, copies: number): void {
    this.enqueue({ eventId, attempt: 1, copies });
  }

  /** Resolves when nothing is queued or being posted, or after half a minute. */
  idle(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, IDLE_LIMIT_MS).unref();
      this.idlers.push(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }

  async sendNow(eventId: string): Promise<number | null> {
    const { url } = this.target();
    const status = await this.post(eventId);
    if (isSuccess(status)) this.rules.onSettled(eventId, url, 'delivered');
    return status;
  }

  stop(): void {
    this.queued = [];
    for (const timer of this.timers) clearTimeout(timer);
    this.stopping.abort();
    this.idlers.splice(0).forEach((resolve) => resolve());
  }

  private get isIdle(): boolean {
    return this.active === 0 && this.queued.length === 0;
  }

  private enqueue(delivery: Delivery): void {
    if (this.stopping.signal.aborted) return;
    if (this.queued.length >= MAX_QUEUED) return this.rules.onSettled(delivery.eventId, this.target().url, 'failed');
    this.queued.push(delivery);
    this.pump();
  }

  private pump(): void {
    while (this.active < this.parallel) {
      const next = this.queued.shift();
      if (next === undefined) break;
      this.active += 1;
      void this.deliver(next).finally(() => {
        this.active -= 1;
        this.pump();
      });
    }
    if (this.isIdle) this.idlers.splice(0).forEach((resolve) => resolve());
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { eventId, attempt, copies } = delivery;
    const { url } = this.target();
    const delivered = isSuccess(await this.post(eventId));
    if (this.stopping.signal.aborted) return;
    if (delivered) {
      this.rules.onSettled(eventId, url, 'delivered');
      if (copies > 1) this.enqueue({ ...delivery, copies: copies - 1 });
    } else if (attempt >= this.rules.attempts) {
      this.rules.onSettled(eventId, url, 'failed');
    } else {
      this.later({ ...delivery, attempt: attempt + 1 });
    }
  }

  private later(delivery: Delivery): void {
    const pause = Math.min(this.rules.backoffMs * 2 ** (delivery.attempt - 2), MAX_BACKOFF_MS);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.enqueue(delivery);
    }, pause);
    this.timers.add(timer.unref());
  }

  /** The receiver's status, or null where it did not answer in time or at all. Redirects are not followed. */
  private async post(eventId: string): Promise<number | null> {
    const body = this.rules.render(eventId);
    if (body === undefined) return null;
    const { url, secret } = this.target();
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureHeader(body, secret, this.rules.now()),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    };
    const signal = AbortSignal.any([AbortSignal.timeout(this.rules.timeoutMs), this.stopping.signal]);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // Refused, reset or timed out: all the same to the sender, who tries again.
      return null;
    }
  }
}

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}
