import { newId } from '../../src/kernel/id.js';
import { readMessage } from '../../src/webhooks/broker/gateway/incoming-message.js';
import { ReceiveEvent } from '../../src/webhooks/inbound/use-cases/receive-event.use-case.js';
import type { TestApi } from './api.js';
import { workAll } from './inbox.js';

export type ReportKind = 'succeeded' | 'failed';

export interface ReportEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event of a payment service, as docs/kafka.md asks for it. */
export function reportEvent(
  kind: ReportKind,
  data: Readonly<Record<string, unknown>>,
  time = new Date().toISOString(),
): ReportEvent {
  return { specversion: '1.0', id: newId('evt'), source: '/payments', type: `payment.${kind}`, time, data };
}

/** What the inbox calls it. */
export const inboxId = ({ source, id }: ReportEvent): string => `${source} ${id}`;

let offset = 0;

/** What the worker does with each message of the topic. Answers whether it was read, and stored. */
export async function hear(api: TestApi, value: object | string | null, headers = {}): Promise<[string, string]> {
  const text = typeof value === 'string' || value === null ? value : JSON.stringify(value);
  offset += 1;
  const place = { topic: 'payment.events', partition: 0, offset: String(offset), timestamp: new Date() };
  const read = readMessage(
    { ...place, value: text === null ? null : Buffer.from(text), headers: new Map(Object.entries(headers)) },
    new Date(),
  );
  const receive = api.app.get(ReceiveEvent, { strict: false });
  if (read.kind === 'event') return ['read', await receive.execute(read.event)];
  return [read.reason, await receive.setAside(read.event, read.reason)];
}

/** Hears events one after the other and works on everything that is due. */
export async function tell(api: TestApi, ...events: readonly ReportEvent[]): Promise<void> {
  for (const event of events) {
    await hear(api, event);
    await workAll(api);
  }
}
