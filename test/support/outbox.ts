import { newId } from '../../src/kernel/id.js';
import { Database } from '../../src/platform/database/index.js';
import {
  type EventSubscriber,
  type EventTransport,
  PublishEvents,
  SendEvents,
} from '../../src/platform/outbox/index.js';
import { OutboxLogRepository } from '../../src/platform/outbox/outbox-log.repository.js';
import { OutboxSendingRepository } from '../../src/platform/outbox/outbox-sending.repository.js';
import type { OwnDatabase } from './database.js';
import type { OutboxRow } from './events.js';

type Query = (text: string, parameters: unknown[]) => Promise<unknown>;

/** Writes an event straight into the outbox, as the transaction behind `query`. Answers its id. */
export async function writeEvent(query: Query, subject: string, version: number, id = newId('evt')): Promise<string> {
  await query(
    `INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
     VALUES ($1, $2, $3, 'order.paid', $4, 'trace')`,
    [id, subject, version, JSON.stringify({ type: 'order.paid', version })],
  );
  return id;
}

export interface RelayUnderTest {
  publisher(transports?: readonly EventTransport[], subscribers?: readonly EventSubscriber[]): PublishEvents;
  sender(...transports: EventTransport[]): SendEvents;
  /** The whole outbox by position, what waits last. */
  rows(): Promise<OutboxRow[]>;
  /** `subject version` by position, of what is in the feed. */
  feed(): Promise<string[]>;
  /** Lets pauses and leases end, as the passing of time would. */
  passTime(): Promise<void>;
}

export function relayOn(own: OwnDatabase): RelayUnderTest {
  const rows = (): Promise<OutboxRow[]> => own.dataSource.query('SELECT * FROM outbox_events ORDER BY "position", id');
  return {
    publisher: (transports = [], subscribers = []) =>
      new PublishEvents(new Database(own.dataSource), new OutboxLogRepository(), subscribers, transports),
    sender: (...transports) => new SendEvents(new Database(own.dataSource), new OutboxSendingRepository(), transports),
    rows,
    feed: async () =>
      (await rows())
        .filter(({ position }) => position !== null)
        .map(({ aggregate_id: subject, version }) => `${subject} ${version}`),
    passTime: async () => {
      await own.dataSource.query(`UPDATE outbox_events SET next_attempt_at = now() WHERE status = 'sending'`);
    },
  };
}
