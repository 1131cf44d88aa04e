import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { cloudEvent, type PublishedEvent } from '../../../platform/outbox/index.js';
import { TooManyListeners } from '../domain/feed.errors.js';
import { EventFeedQuery } from '../queries/event-feed.query.js';
import { EventStream } from './event-stream.js';

const LOOK_EVERY_MS = 500;
const BEAT_EVERY_MS = 15_000;
const MOST_AT_ONCE = 500;
const PAGE = 200;
/** However many have something to catch up with, requests that sell must not wait for a connection behind them. */
const PAGES_AT_ONCE = 2;
export const MOST_LISTENERS = 200;
/** Nobody listens longer than this with one token. He comes back where he was. */
const LONGEST_STREAM_MS = 900_000;

/** What of the feed the hub asks for. */
export type FeedReader = Pick<EventFeedQuery, 'head' | 'positionOf' | 'readAfter' | 'readBetween'>;

interface Listener {
  readonly stream: EventStream;
  readonly types: ReadonlySet<string> | null;
  /** Up to where he has been told everything that he asked for. */
  position: number;
}

/**
 * Everybody who listens to the feed in this process. However many they are, one query finds out what is new. Who begins
 * further back reads on his own until he has come up with the others.
 */
@Injectable()
export class EventHub implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventHub.name);
  private readonly listeners = new Set<Listener>();
  /** Those who have been told everything up to `position`. */
  private readonly live = new Set<Listener>();
  private position = 0;
  private running: Promise<void> | undefined;
  private timers: NodeJS.Timeout[] = [];
  private stopped = false;
  private readonly lanes = Array.from({ length: PAGES_AT_ONCE }, () => Promise.resolve());
  private turns = 0;

  constructor(
    @Inject(EventFeedQuery) private readonly feed: FeedReader,
    @Inject(CONFIG) private readonly config: Pick<Config, 'EVENT_SOURCE'>,
  ) {}

  /**
   * A stream of the events behind the one with this id, and of whatever comes after; null: of what happens from now on.
   * Throws EventCursorUnknown and TooManyListeners.
   */
  async open(after: string | null, types: readonly string[] | null): Promise<EventStream> {
    if (this.listeners.size >= MOST_LISTENERS || this.stopped) throw new TooManyListeners(MOST_LISTENERS);
    const listener: Listener = { stream: new EventStream(), types: types && new Set(types), position: 0 };
    this.join(listener);
    try {
      await this.start();
      listener.position = after === null ? this.position : await this.feed.positionOf(after);
    } catch (error) {
      listener.stream.destroy();
      throw error;
    }
    void this.catchUp(listener);
    return listener.stream;
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const { stream } of this.listeners) stream.finish();
    this.rest();
  }

  private join(listener: Listener): void {
    const { stream } = listener;
    this.listeners.add(listener);
    const end = setTimeout(() => stream.finish(), LONGEST_STREAM_MS).unref();
    stream.once('close', () => {
      clearTimeout(end);
      this.listeners.delete(listener);
      this.live.delete(listener);
      if (this.listeners.size === 0) this.rest();
    });
  }

  /** The first listener starts the clockwork, the last one stops it. */
  private start(): Promise<void> {
    this.running ??= this.feed.head().then(
      (head) => {
        this.position = Math.max(this.position, head);
        this.timers = [this.lookLater(), setInterval(() => this.beat(), BEAT_EVERY_MS).unref()];
      },
      (error: unknown) => {
        this.running = undefined;
        throw error;
      },
    );
    return this.running;
  }

  private rest(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
    this.running = undefined;
  }

  private lookLater(): NodeJS.Timeout {
    return setTimeout(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  private async look(): Promise<void> {
    const { timers } = this;
    const events = await this.feed.readAfter(this.position, MOST_AT_ONCE).catch((error: unknown) => {
      this.logger.debug({ msg: 'event_feed_not_read', reason: String(error) });
      return [];
    });
    // Without a pause from here on: whoever comes up with the others must find them all at one place.
    for (const event of events) if (event.position > this.position) this.tellAll(event);
    // Others may have left and come meanwhile, and have a clockwork of their own.
    if (this.timers === timers && timers.length > 0) timers[0] = this.lookLater();
  }

  private tellAll(event: PublishedEvent): void {
    for (const listener of this.live) {
      this.tell(listener, event);
      listener.position = event.position;
    }
    this.position = event.position;
  }

  /** Reads what lies between a listener and the others, as fast as he takes it. */
  private async catchUp(listener: Listener): Promise<void> {
    const { stream } = listener;
    const types = listener.types && [...listener.types];
    try {
      while (!stream.closing && listener.position < this.position) {
        const upTo = this.position;
        const events = await this.inTurn(() => this.feed.readBetween(listener.position, upTo, types, PAGE));
        for (const event of events) this.tell(listener, event);
        listener.position = events.length === PAGE ? (events.at(-1)?.position ?? upTo) : upTo;
        await stream.drained();
      }
      if (!stream.closing) this.live.add(listener);
    } catch (error) {
      this.logger.debug({ msg: 'event_feed_not_read', reason: String(error) });
      stream.destroy();
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.turns = (this.turns + 1) % PAGES_AT_ONCE;
    const done = (this.lanes[this.turns] ?? Promise.resolve()).then(work);
    this.lanes[this.turns] = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  private tell({ stream, types }: Listener, event: PublishedEvent): void {
    if (types === null || types.has(event.type)) stream.tell(event.id, cloudEvent(event, this.config.EVENT_SOURCE));
  }

  private beat(): void {
    for (const { stream } of this.listeners) stream.beat();
  }
}
