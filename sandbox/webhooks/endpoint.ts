import { randomInt } from 'node:crypto';
import { seededRandom, shuffled } from '../seeded-random.js';
import { DeliveryQueue, type DeliveryRules } from './delivery-queue.js';

export const WEBHOOK_MODES = ['normal', 'duplicate', 'reorder', 'paused', 'drop'] as const;
export type WebhookMode = (typeof WEBHOOK_MODES)[number];

export interface EndpointConfig {
  readonly url: string;
  readonly secret: string;
  readonly mode: WebhookMode;
  /** How many times more than once each event is sent in mode `duplicate`. */
  readonly duplicates: number;
  readonly seed?: number | undefined;
}

const PARALLEL_POSTS = 8;
const REORDER_WINDOW_MS = 250;
const MAX_HELD = 10_000;

/** One receiver of events, and what is done to it on purpose: see the modes. */
export class WebhookEndpoint {
  private held: string[] = [];
  private window: NodeJS.Timeout | undefined;
  private readonly queue: DeliveryQueue;
  private random: () => number;

  constructor(
    private config: EndpointConfig,
    rules: DeliveryRules,
  ) {
    this.random = seededRandom(config.seed ?? randomInt(2 ** 32));
    this.queue = new DeliveryQueue(rules, () => this.config);
    this.configure(config);
  }

  get settings(): EndpointConfig {
    return this.config;
  }

  /** Takes a new mode, secret or seed; leaving `paused` or `reorder` lets go of what was held. */
  configure(config: EndpointConfig): void {
    const holds = config.mode === 'paused' || config.mode === 'reorder';
    this.config = config;
    this.random = seededRandom(config.seed ?? randomInt(2 ** 32));
    this.queue.parallel = config.mode === 'reorder' ? 1 : PARALLEL_POSTS;
    if (!holds) this.release();
  }

  accept(eventId: string): void {
    switch (this.config.mode) {
      case 'drop':
        return;
      case 'normal':
        return this.queue.add(eventId, 1);
      case 'duplicate':
        return this.queue.add(eventId, 1 + this.config.duplicates);
      case 'paused':
        return this.hold(eventId);
      case 'reorder':
        this.hold(eventId);
        this.window ??= setTimeout(() => this.release(), REORDER_WINDOW_MS).unref();
    }
  }

  /** Sends what is held, and resolves once every post under way has been tried; retries may still be to come. */
  async flush(): Promise<number> {
    const released = this.release();
    await this.queue.idle();
    return released;
  }

  /** Posts one event once, now, whatever the mode. Resolves to the receiver's status, or null when there was none. */
  sendNow(eventId: string): Promise<number | null> {
    return this.queue.sendNow(eventId);
  }

  stop(): void {
    clearTimeout(this.window);
    this.held = [];
    this.queue.stop();
  }

  private hold(eventId: string): void {
    if (this.held.length < MAX_HELD) this.held.push(eventId);
  }

  private release(): number {
    clearTimeout(this.window);
    this.window = undefined;
    const events = this.config.mode === 'reorder' ? disordered(this.held, this.random) : this.held;
    this.held = [];
    for (const eventId of events) this.queue.add(eventId, 1);
    return events.length;
  }
}

// A shuffle may by chance leave everything where it was; whoever asks for disorder gets some.
function disordered(events: readonly string[], random: () => number): string[] {
  const mixed = shuffled(events, random);
  return mixed.every((eventId, index) => eventId === events[index]) ? mixed.reverse() : mixed;
}
