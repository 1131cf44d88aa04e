import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import { startKafkaBroker } from './kafka-broker.js';
import { eventually } from './poll.js';

export interface TestBroker {
  readonly bootstrap: string;
  stop(): Promise<void>;
}

/** A message as a consumer of the outside sees it. */
export interface ReadMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OutsideWorld {
  /** Puts messages into a topic, in one partition's order. */
  put(topic: string, ...messages: readonly (object | { readonly raw: string | Buffer | null })[]): Promise<void>;
  putWithHeaders(topic: string, headers: Readonly<Record<string, string>>, value: object): Promise<void>;
  /** Everything that a topic holds, as read so far; it goes on being read. */
  read(topic: string): Promise<readonly ReadMessage[]>;
  /** Up to where a group has finished a topic; undefined where it never said so. */
  committed(groupId: string, topic: string): Promise<number | undefined>;
  close(): Promise<void>;
}

const START_LIMIT_MS = 5_000;

/**
 * The mock cluster of librdkafka where `kcat` is installed (Debian's package), the most independent peer there is; else the
 * broker of this project's tests. Both lose everything at their end.
 */
export async function startForeignBroker(): Promise<TestBroker> {
  return (await startKcat()) ?? startKafkaBroker();
}

async function startKcat(): Promise<TestBroker | undefined> {
  const options = ['-G', 'keepalive', '-b', '127.0.0.1:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock', 'keepalive'];
  const child = spawn('kcat', options, { stdio: ['pipe', 'ignore', 'pipe'] });
  let missing = false;
  let bootstrap: string | undefined;
  child.on('error', () => (missing = true));
  createInterface({ input: child.stderr }).on('line', (line) => {
    [, bootstrap = bootstrap] = /bootstrap\.servers=(\S+)/.exec(line) ?? [];
  });
  const known = await eventually(
    () => {
      if (!missing && bootstrap === undefined) throw new Error('kcat has not said where its brokers are');
      return bootstrap;
    },
    { withinMs: START_LIMIT_MS },
  );
  if (known === undefined) return undefined;
  return {
    bootstrap: known,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Other services at the same broker: they write, and read each topic from its beginning. */
export async function outsideWorld(bootstrap: string): Promise<OutsideWorld> {
  const kafka = new Kafka({ brokers: [bootstrap], clientId: 'outside', logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  const topics = new Map<string, ReadMessage[]>();
  const closing: (() => Promise<void>)[] = [() => producer.disconnect()];
  await producer.connect();
  const send = async (topic: string, values: readonly (string | Buffer | null)[], headers = {}): Promise<void> => {
    await producer.send({ topic, messages: values.map((value) => ({ key: 'one', value, headers })) });
  };
  return {
    put: (topic, ...messages) =>
      send(
        topic,
        messages.map((message) => ('raw' in message ? message.raw : JSON.stringify(message))),
      ),
    putWithHeaders: (topic, headers, value) => send(topic, [JSON.stringify(value)], headers),
    read: async (topic) => {
      const known = topics.get(topic);
      if (known) return known;
      const messages: ReadMessage[] = [];
      topics.set(topic, messages);
      closing.push(await readInto(kafka, topic, messages));
      return messages;
    },
    committed: (groupId, topic) => committedOffset(kafka, groupId, topic),
    close: async () => {
      for (const close of closing.splice(0)) await close();
    },
  };
}

async function committedOffset(kafka: Kafka, groupId: string, topic: string): Promise<number | undefined> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const offset = Number(answer?.partitions[0]?.offset ?? -1);
    return offset < 0 ? undefined : offset;
  } finally {
    await admin.disconnect();
  }
}

async function readInto(kafka: Kafka, topic: string, messages: ReadMessage[]): Promise<() => Promise<void>> {
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
      messages.push({ key: String(message.key), value: String(message.value), headers: Object.fromEntries(headers) });
      return Promise.resolve();
    },
  });
  return () => consumer.disconnect();
}

/** Waits until a topic holds a message that fits, and answers the first. */
export async function messageIn(
  messages: readonly ReadMessage[],
  fits: (message: ReadMessage) => boolean,
): Promise<ReadMessage> {
  return eventually(
    () => {
      const found = messages.find(fits);
      if (!found) throw new Error(`none of ${messages.length} messages fits`);
      return found;
    },
    { withinMs: 15_000 },
  );
}
