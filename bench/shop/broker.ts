import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import { startKafkaBroker } from '../../test/support/kafka-broker.js';
import { type Child, startChild } from '../../tools/process/child.js';
import { pollUntil } from '../../tools/services/poll.js';
import { stopOrder } from '../../tools/services/service.js';

export interface Broker {
  /** What it is, for people. */
  readonly kind: string;
  readonly bootstrap: string;
  /** How many messages a topic holds. */
  held(topic: string): Promise<number>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 5_000;
const MOCK = ['-G', 'keepalive', '-b', '127.0.0.1:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock', 'keepalive'];

/** The mock cluster of librdkafka where `kcat` is installed, else the broker of this project's tests. */
export async function startBroker(): Promise<Broker> {
  const kcat = await startKcat();
  if (kcat) return { ...kcat, kind: 'mock cluster of librdkafka (kcat)', held: heldAt(kcat.bootstrap) };
  const broker = await startKafkaBroker();
  return { kind: 'broker of the tests, in this process', ...broker, held: heldAt(broker.bootstrap) };
}

async function startKcat(): Promise<Pick<Broker, 'bootstrap' | 'stop'> | undefined> {
  const child: Child = startChild({
    name: 'kcat',
    command: 'kcat',
    args: MOCK,
    options: { stdio: ['pipe', 'ignore', 'pipe'] },
    stop: { order: stopOrder.application, signal: 'SIGTERM', graceMs: 1_000 },
  });
  let bootstrap: string | undefined;
  const { stderr } = child.process;
  // Also after the line is found: a pipe that nobody reads would hold the broker up.
  if (stderr)
    createInterface({ input: stderr }).on('line', (line) => {
      [, bootstrap = bootstrap] = /bootstrap\.servers=(\S+)/.exec(line) ?? [];
    });
  await pollUntil(START_LIMIT_MS, () => bootstrap ?? child.exit());
  if (bootstrap === undefined) {
    await child.stop();
    return undefined;
  }
  return { bootstrap, stop: () => child.stop() };
}

function heldAt(bootstrap: string): Broker['held'] {
  return async (topic) => {
    const admin = new Kafka({ brokers: [bootstrap], clientId: 'bench', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    } finally {
      await admin.disconnect();
    }
  };
}
