import { newId } from '../../../src/kernel/id.js';
import { Database, sql } from '../../../src/platform/database/index.js';
import type { PublishedEvent } from '../../../src/platform/outbox/index.js';
import { useOwnDatabase } from '../../support/database.js';
import { relayOn, writeEvent } from '../../support/outbox.js';

const own = useOwnDatabase();
beforeEach(() => own.truncateAll());
const relay = relayOn(own);
const query = (text: string, parameters: unknown[] = []) => own.dataSource.query(text, parameters);
const write = (subject: string, version: number, id?: `evt_${string}`) => writeEvent(query, subject, version, id);
const statusOf = async () => (await relay.rows()).map(({ status }) => status);

describe('events on their way into the feed', () => {
  it('are placed in the order in which they were written', async () => {
    await write('ord_a', 1);
    await write('ord_b', 1);
    await write('ord_a', 2);

    expect(await relay.publisher().execute()).toBe(3);

    expect(await relay.feed()).toEqual(['ord_a 1', 'ord_b 1', 'ord_a 2']);
    expect(await statusOf()).toEqual(['published', 'published', 'published']);
    expect(await relay.publisher().execute()).toBe(0);
  });

  it('are in the order of their versions, though the clock of a process goes wrong', async () => {
    const now = Date.now();
    const [early, late] = [newId('evt', now), newId('evt', now + 60_000)];
    await write('ord_a', 1, late);
    await write('ord_a', 2, early);
    await write('ord_b', 1, newId('evt', now + 90_000));

    await relay.publisher().execute();

    expect(await relay.feed()).toEqual(['ord_a 1', 'ord_a 2', 'ord_b 1']);
  });

  it('are in the order of their versions where the first of them lies outside of the batch', async () => {
    const now = Date.now();
    const subjects = Array.from({ length: 501 }, (_, place) => `ord_${place}`);
    const writeAll = (version: number, at: number) =>
      query(
        `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
         SELECT id, subject, $3, 'order.paid', '{}', 'trace' FROM unnest($1::text[], $2::text[]) AS line (id, subject)`,
        [subjects.map(() => newId('evt', at)), subjects, version],
      );
    await writeAll(2, now);
    await writeAll(1, now + 60_000);

    await relay.publisher().execute();

    const feed = await relay.feed();
    expect(feed).toHaveLength(1_002);
    for (const subject of subjects) expect(feed.indexOf(`${subject} 1`)).toBeLessThan(feed.indexOf(`${subject} 2`));
  });

  it('are placed once by several relays that work side by side, while others write', async () => {
    const taken: string[] = [];
    const subscriber = {
      receive: async (_tx: unknown, events: readonly PublishedEvent[]) =>
        void taken.push(...events.map(({ id }) => id)),
    };
    const relays = Array.from({ length: 3 }, () => relay.publisher([], [subscriber]));
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let version = 1; version <= 50; version += 1) await write(`ord_${writer}`, version);
    });

    let writing = true;
    const working = relays.map(async (each) => {
      while (writing) await each.execute();
    });
    await Promise.all(writers);
    writing = false;
    await Promise.all(working);
    await relay.publisher([], [subscriber]).execute();

    const rows = await relay.rows();
    expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 'published'));
    expect([...taken].sort()).toEqual(rows.map(({ id }) => id).sort());
    const bySubject = new Map<string, number[]>();
    for (const { aggregate_id: subject, version } of rows) {
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), version]);
    }
    const inOrder = Array.from({ length: 50 }, (_, place) => place + 1);
    expect([...bySubject.values()]).toEqual([inOrder, inOrder, inOrder, inOrder]);
  });

  it('are not looked past where their transaction commits late', async () => {
    const database = new Database(own.dataSource);
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let written: () => void = () => undefined;
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const late = database.transaction(async (tx) => {
      await writeEvent((text, parameters) => sql(tx, text, parameters), 'ord_late', 1);
      written();
      await held;
    });
    await isWritten;
    await write('ord_early', 1);
    await relay.publisher().execute();
    const seen = (await relay.rows()).map(({ position }) => position ?? 0);

    commit();
    await late;
    await relay.publisher().execute();

    const behind = await query('SELECT aggregate_id FROM outbox_events WHERE "position" > $1', [Math.max(...seen)]);
    expect(behind).toEqual([{ aggregate_id: 'ord_late' }]);
  });

  it('become visible in the order of their positions: while one relay has not committed, no other places any', async () => {
    await write('ord_a', 1);
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let placed: () => void = () => undefined;
    const isPlaced = new Promise<void>((resolve) => (placed = resolve));
    const slow = relay.publisher(
      [],
      [
        {
          receive: async () => {
            placed();
            await held;
          },
        },
      ],
    );
    const working = slow.execute();
    await isPlaced;
    await write('ord_b', 1);

    expect(await relay.publisher().execute()).toBe(0);
    expect(await relay.feed()).toEqual([]);

    commit();
    expect(await working).toBe(1);
    expect(await relay.publisher().execute()).toBe(1);
    expect(await relay.feed()).toEqual(['ord_a 1', 'ord_b 1']);
  });

  it('are placed and taken by a subscriber both or neither', async () => {
    await write('ord_a', 1);
    const broken = { receive: () => Promise.reject(new Error('no room')) };

    await expect(relay.publisher([], [broken]).execute()).rejects.toThrow('no room');
    expect(await statusOf()).toEqual(['pending']);

    const received: string[] = [];
    const whole = {
      receive: async (_tx: unknown, events: readonly PublishedEvent[]) => {
        received.push(
          ...events.map(({ aggregateId, version, position }) => `${aggregateId} ${version} ${position > 0}`),
        );
      },
    };
    await relay.publisher([], [whole]).execute();
    expect(received).toEqual(['ord_a 1 true']);
  });

  it('stop between two batches when the process does', async () => {
    await query(
      `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
       SELECT 'evt_' || lpad(version::text, 3, '0'), 'ord_a', version, 'order.paid', '{}', 'trace'
       FROM generate_series(1, 501) AS version`,
    );
    const stop = new AbortController();

    const publisher = relay.publisher([], [{ receive: async () => stop.abort() }]);

    expect(await publisher.execute(stop.signal)).toBe(500);
    expect((await statusOf()).filter((status) => status === 'pending')).toHaveLength(1);
  });
});
