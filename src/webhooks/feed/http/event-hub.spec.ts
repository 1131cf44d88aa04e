import { Logger } from '@nestjs/common';
import type { PublishedEvent } from '../../../platform/outbox/index.js';
import { TooManyListeners } from '../domain/feed.errors.js';
import { EventHub, MOST_LISTENERS } from './event-hub.js';
import type { EventStream } from './event-stream.js';

/** A feed in memory; `head` events are there from the beginning. */
class Feed {
  readonly events: PublishedEvent[] = [];
  reads = 0;
  pages = 0;
  mostPages = 0;
  isDown = false;
  /** Runs while somebody reads what he missed. */
  meanwhile: () => void = () => undefined;

  constructor(head: number) {
    for (let position = 1; position <= head; position += 1) this.add();
  }

  add(payload = '{}'): void {
    const position = this.events.length + 1;
    this.events.push({
      ...{ id: `evt_${position}`, aggregateId: 'ord_a', version: position, type: 'order.paid', payload, position },
      ...{ traceId: 'trace', createdAt: new Date('2026-11-20T12:00:00Z') },
    });
  }

  head = async (): Promise<number> => this.events.length;
  positionOf = async (id: string): Promise<number> => Number(id.slice(4));

  readAfter = async (position: number, limit: number): Promise<PublishedEvent[]> => {
    this.reads += 1;
    if (this.isDown) throw new Error('the database is away');
    return this.events.slice(position, position + limit);
  };

  readBetween = async (after: number, upTo: number, _types: unknown, limit: number): Promise<PublishedEvent[]> => {
    const found = this.events.slice(after, Math.min(upTo, after + limit));
    this.pages += 1;
    this.mostPages = Math.max(this.mostPages, this.pages);
    this.meanwhile();
    await jest.advanceTimersByTimeAsync(500);
    this.pages -= 1;
    return found;
  };
}

/** Takes whatever comes. */
function listenTo(stream: EventStream): { ids: () => number[]; text: () => string } {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, ids: () => [...text.matchAll(/^id: evt_(\d+)$/gm)].map(([, id]) => Number(id)) };
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place);

describe('the hub of event streams', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());
  const hubOn = (feed: Feed) => new EventHub(feed, { EVENT_SOURCE: '/shop' });
  const passTime = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('asks once for all listeners, and not at all while nobody listens', async () => {
    const feed = new Feed(3);
    const hub = hubOn(feed);
    await passTime(2_000);
    expect(feed.reads).toBe(0);
    const streams = [await hub.open(null, null), await hub.open(null, null), await hub.open(null, ['order.created'])];
    const heard = streams.map(listenTo);

    feed.add();
    await passTime(500);

    expect(feed.reads).toBe(1);
    expect(heard.map(({ ids }) => ids())).toEqual([[4], [4], []]);
    for (const stream of streams) stream.destroy();
    await passTime(5_000);
    expect(feed.reads).toBe(1);
  });

  it('tells each event once, in order, to somebody who comes up with the others while new ones are published', async () => {
    const feed = new Feed(1_000);
    const hub = hubOn(feed);
    const first = listenTo(await hub.open(null, null));
    feed.meanwhile = () => feed.add();

    const second = listenTo(await hub.open('evt_10', null));
    await passTime(10_000);
    feed.meanwhile = () => undefined;
    feed.add();
    await passTime(5_000);

    const last = feed.events.length;
    expect(last).toBeGreaterThan(1_004);
    expect(second.ids()).toEqual(upTo(11, last));
    expect(first.ids()).toEqual(upTo(1_001, last));
  });

  it('reads two pages at a time, however many listeners have something to catch up with', async () => {
    const feed = new Feed(500);
    const hub = hubOn(feed);
    const heard = [];
    for (let count = 0; count < 10; count += 1) heard.push(listenTo(await hub.open('evt_100', null)));

    await passTime(60_000);

    expect(feed.mostPages).toBe(2);
    expect(heard.map(({ ids }) => ids())).toEqual(heard.map(() => upTo(101, 500)));
  });

  it('sends a listener away who does not keep up, and no other', async () => {
    const feed = new Feed(0);
    const hub = hubOn(feed);
    const asleep = await hub.open(null, null);
    const awake = listenTo(await hub.open(null, null));

    for (let count = 0; count < 20; count += 1) feed.add(JSON.stringify({ text: 'x'.repeat(100_000) }));
    await passTime(500);

    expect(asleep.destroyed).toBe(true);
    expect(awake.ids()).toEqual(upTo(1, 20));
  });

  it('gives a sign of life every 15 seconds, and ends a stream after 15 minutes', async () => {
    const hub = hubOn(new Feed(0));
    const stream = await hub.open(null, null);
    const heard = listenTo(stream);

    await passTime(31_000);
    expect(heard.text()).toBe('retry: 2000\n\n: still here\n\n: still here\n\n');

    await passTime(870_000);
    expect(stream.readableEnded).toBe(true);
  });

  it('goes on when the database is back', async () => {
    jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    const feed = new Feed(0);
    const heard = listenTo(await hubOn(feed).open(null, null));
    feed.isDown = true;
    feed.add();
    await passTime(1_500);
    expect(heard.ids()).toEqual([]);

    feed.isDown = false;
    await passTime(500);

    expect(heard.ids()).toEqual([1]);
  });

  it('serves no more listeners than it can, and none once it is closing', async () => {
    const hub = hubOn(new Feed(0));
    const streams: EventStream[] = [];
    for (let count = 0; count < MOST_LISTENERS; count += 1) streams.push(await hub.open(null, null));

    await expect(hub.open(null, null)).rejects.toThrow(TooManyListeners);
    streams[0]?.destroy();
    await passTime(1);
    const last = listenTo(await hub.open(null, null));

    hub.beforeApplicationShutdown();
    await expect(hub.open(null, null)).rejects.toThrow(TooManyListeners);
    await passTime(1);
    expect(last.text()).toBe('retry: 2000\n\n');
    expect(streams.slice(1).every((stream) => stream.listenerCount('close') > 0)).toBe(true);
  });
});
