import { Logger } from '@nestjs/common';
import {
  DeadLetters,
  type EventTransport,
  type PublishedEvent,
  type Refusal,
} from '../../../src/platform/outbox/index.js';
import { OutboxBell } from '../../../src/platform/outbox/outbox-bell.js';
import { OutboxSendingRepository } from '../../../src/platform/outbox/outbox-sending.repository.js';
import { useOwnDatabase } from '../../support/database.js';
import { relayOn, writeEvent } from '../../support/outbox.js';
import { eventually } from '../../support/poll.js';

const own = useOwnDatabase();
beforeEach(() => own.truncateAll());
const relay = relayOn(own);
const query = (text: string, parameters: unknown[] = []) => own.dataSource.query(text, parameters);
const PAGE = { limit: 20, offset: 0, startingAfter: null };

/** Takes everything but what `refuses` names, as `subject version`, and what comes after that of the same subject. */
class Broker implements EventTransport {
  readonly name = 'broker';
  readonly taken: string[] = [];
  readonly refuses = new Set<string>();
  /** Waited for before anything is taken. */
  gate: Promise<void> = Promise.resolve();
  isDown = false;

  async publish(events: readonly PublishedEvent[]): Promise<readonly Refusal[]> {
    await this.gate;
    if (this.isDown) throw new Error('connection refused');
    const refusals: Refusal[] = [];
    const stopped = new Set<string>();
    for (const { id, aggregateId: subject, version } of events) {
      if (stopped.has(subject)) continue;
      if (!this.refuses.has(`${subject} ${version}`)) this.taken.push(`${subject} ${version}`);
      else {
        stopped.add(subject);
        refusals.push({ id, reason: 'too large' });
      }
    }
    return refusals;
  }
}

const broker = () => new Broker();

/** Puts these events into the feed, to be sent: `subject version`. */
async function publish(...events: string[]): Promise<void> {
  for (const each of events) {
    const [subject = '', version] = each.split(' ');
    await writeEvent(query, subject, Number(version));
  }
  await relay.publisher([broker()]).execute();
}

const statuses = async () =>
  Object.fromEntries(
    (await relay.rows()).map(({ aggregate_id, version, status }) => [`${aggregate_id} ${version}`, status]),
  );
const due = () => query('SELECT attempts, next_attempt_at <= now() AS due FROM outbox_events ORDER BY "position"');

describe('events on their way out of the house', () => {
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });

  it('are in the feed at once, and sent in its order', async () => {
    const out = broker();
    await publish('ord_a 1', 'ord_b 1', 'ord_a 2');
    expect(await relay.feed()).toEqual(['ord_a 1', 'ord_b 1', 'ord_a 2']);
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['sending']));

    expect(await relay.sender(out).execute()).toBe(3);

    expect(out.taken).toEqual(['ord_a 1', 'ord_b 1', 'ord_a 2']);
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['published']));
    expect(await relay.sender(out).execute()).toBe(0);
  });

  it('are sent again after a crash between sending and marking, and not before the lease is over', async () => {
    const [first, second] = [broker(), broker()];
    await publish('ord_a 1', 'ord_a 2');
    let wake: () => void = () => undefined;
    first.gate = new Promise((resolve) => (wake = resolve));
    const asleep = relay.sender(first).execute();
    await expectTaken(2);

    expect(await relay.sender(second).execute()).toBe(0);
    await relay.passTime();
    expect(await relay.sender(second).execute()).toBe(2);
    wake();
    await asleep;

    expect([first.taken, second.taken]).toEqual([
      ['ord_a 1', 'ord_a 2'],
      ['ord_a 1', 'ord_a 2'],
    ]);
    expect(await statuses()).toEqual({ 'ord_a 1': 'published', 'ord_a 2': 'published' });
  });

  it('are sent once, and in order, by several that work side by side', async () => {
    const out = broker();
    const subjects = Array.from({ length: 20 }, (_, place) => `ord_${place}`);
    const events = Array.from({ length: 60 }, (_, place) =>
      subjects.map((subject) => `${subject} ${place + 1}`),
    ).flat();
    await publish(...events);
    const senders = Array.from({ length: 4 }, () => relay.sender(out));

    for (let left = events.length; left > 0;) {
      const sent = await Promise.all(senders.map((sender) => sender.execute()));
      left -= sent.reduce((sum, count) => sum + count, 0);
    }

    expect([...out.taken].sort()).toEqual([...events].sort());
    for (const subject of subjects) {
      const own = out.taken.filter((each) => each.startsWith(`${subject} `));
      expect(own).toEqual(events.filter((each) => each.startsWith(`${subject} `)));
    }
  });

  it('wait behind one of the same subject that is refused, and not behind that of another', async () => {
    const out = broker();
    out.refuses.add('ord_a 2');
    await publish('ord_a 1', 'ord_a 2', 'ord_b 1', 'ord_a 3', 'ord_b 2');

    await relay.sender(out).execute();
    await publish('ord_b 3', 'ord_a 4');
    await relay.sender(out).execute();

    expect(out.taken).toEqual(['ord_a 1', 'ord_b 1', 'ord_b 2', 'ord_b 3']);
    const waiting = await query(
      `SELECT version::int, attempts, last_error, next_attempt_at > now() AS put_off FROM outbox_events
       WHERE status = 'sending' ORDER BY version`,
    );
    expect(waiting).toEqual([
      { version: 2, attempts: 1, last_error: 'too large', put_off: true },
      { version: 3, attempts: 0, last_error: null, put_off: false },
      { version: 4, attempts: 0, last_error: null, put_off: false },
    ]);

    out.refuses.clear();
    await relay.passTime();
    await relay.sender(out).execute();
    expect(out.taken.slice(4)).toEqual(['ord_a 2', 'ord_a 3', 'ord_a 4']);
  });

  it('die after ten refusals, where they are seen and may be replayed, and those behind them go on', async () => {
    const out = broker();
    out.refuses.add('ord_a 1');
    await publish('ord_a 1', 'ord_a 2');
    const sender = relay.sender(out);
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await relay.passTime();
      await sender.execute();
    }
    expect(await statuses()).toEqual({ 'ord_a 1': 'dead', 'ord_a 2': 'published' });
    expect(jest.mocked(Logger.prototype.error).mock.calls).toEqual([
      [expect.objectContaining({ msg: 'event_dead', subject: 'ord_a', attempts: 10, reason: 'too large' })],
    ]);

    const letters = new DeadLetters(own.database, new OutboxSendingRepository(), new OutboxBell(own.database));
    const { rows, totalCount } = await letters.find(PAGE);
    expect([totalCount, rows]).toMatchObject([1, [{ aggregateId: 'ord_a', version: 1, lastError: 'too large' }]]);
    out.refuses.clear();
    const actor = { id: 'admin_alice', traceId: 'trace' };
    expect(await letters.replay(actor, rows[0]?.id ?? '')).toMatchObject({ status: 'sending', attempts: 0 });
    expect(await letters.replay(actor, rows[0]?.id ?? '')).toBeUndefined();
    await sender.execute();

    expect(out.taken).toEqual(['ord_a 2', 'ord_a 1']);
    expect(await statuses()).toEqual({ 'ord_a 1': 'published', 'ord_a 2': 'published' });
  });

  it('do not age while a transport is out of reach, and the feed goes on', async () => {
    const out = broker();
    out.isDown = true;
    await publish('ord_a 1', 'ord_a 2');
    const sender = relay.sender(out);

    expect(await sender.execute()).toBe(0);
    await publish('ord_a 3');
    // It is given time: no further try at once.
    out.isDown = false;
    expect(await sender.execute()).toBe(0);

    expect(await relay.feed()).toEqual(['ord_a 1', 'ord_a 2', 'ord_a 3']);
    expect(await due()).toEqual(Array.from({ length: 3 }, () => ({ attempts: 0, due: true })));
    expect(await relay.sender(out).execute()).toBe(3);
    expect(out.taken).toEqual(['ord_a 1', 'ord_a 2', 'ord_a 3']);
  });

  it('are offered to all transports again until each has taken them', async () => {
    const [willing, strict] = [broker(), broker()];
    strict.refuses.add('ord_a 1');
    await publish('ord_a 1');
    const sender = relay.sender(willing, strict);

    await sender.execute();
    strict.refuses.clear();
    await relay.passTime();
    await sender.execute();

    expect([willing.taken, strict.taken]).toEqual([['ord_a 1', 'ord_a 1'], ['ord_a 1']]);
    expect(await statuses()).toEqual({ 'ord_a 1': 'published' });
  });

  it('are done with where there is no transport any more', async () => {
    await publish('ord_a 1');
    const sender = relay.sender();

    await sender.execute();

    expect(sender.hasTransports).toBe(false);
    expect(relay.sender(broker()).hasTransports).toBe(true);
    expect(await statuses()).toEqual({ 'ord_a 1': 'published' });
  });

  it('die as well where the process dies over them again and again', async () => {
    const out = broker();
    await publish('ord_a 1', 'ord_b 1');
    await query(`UPDATE outbox_events SET attempts = 10 WHERE aggregate_id = 'ord_a'`);

    await relay.sender(out).execute();

    expect(out.taken).toEqual(['ord_b 1']);
    expect(await statuses()).toEqual({ 'ord_a 1': 'dead', 'ord_b 1': 'published' });
  });

  function expectTaken(count: number): Promise<void> {
    return eventually(async () => {
      expect(await query('SELECT id FROM outbox_events WHERE attempts = 1')).toHaveLength(count);
    });
  }
});
