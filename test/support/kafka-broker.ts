import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { answerTo, API, type ApiName, type KafkaState } from './kafka-apis.js';
import { WireReader, WireWriter } from './kafka-wire.js';

const LARGEST_REQUEST_BYTES = 8 * 1_024 * 1_024;

/**
 * A broker of one node that speaks Kafka's protocol over TCP, for tests on machines without one: topics of one partition that
 * come into being when they are named, consumer groups, nothing on disk. What it holds outlives `cut` and `restore`.
 */
export interface KafkaBroker {
  /** `host:port`, the same after every restore. */
  readonly bootstrap: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  /** From now on requests of this kind are taken and not answered. */
  ignore(api: ApiName): void;
  heedAll(): void;
  stop(): Promise<void>;
}

export async function startKafkaBroker(): Promise<KafkaBroker> {
  const state: KafkaState = {
    host: '127.0.0.1',
    port: 0,
    logs: new Map(),
    groups: new Map(),
    written: new EventEmitter(),
  };
  const ignored = new Set<number>();
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  state.written.setMaxListeners(0);

  const restore = async (): Promise<void> => {
    if (server) return;
    server = createServer((socket) => serve(socket, state, { sockets, ignored }));
    server.listen(state.port, state.host);
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') state.port = address.port;
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  await restore();
  return {
    bootstrap: `${state.host}:${state.port}`,
    cut,
    restore,
    ignore: (api) => void ignored.add(API[api].key),
    heedAll: () => ignored.clear(),
    stop: cut,
  };
}

interface Connections {
  readonly sockets: Set<Socket>;
  readonly ignored: ReadonlySet<number>;
}

function serve(socket: Socket, state: KafkaState, { sockets, ignored }: Connections): void {
  const members = new Map<string, string>();
  let received = Buffer.alloc(0);
  sockets.add(socket);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    sockets.delete(socket);
    for (const [memberId, groupId] of members) state.groups.get(groupId)?.leave(memberId);
  });
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let request = takeFrame(received); request; request = takeFrame(received)) {
      received = received.subarray(4 + request.length);
      // Each connection has at most one long question open, so answers may well come in another order.
      void answer(socket, request, { state, members, ignored });
    }
    if (received.length > LARGEST_REQUEST_BYTES) socket.destroy();
  });
}

function takeFrame(received: Buffer): Buffer | undefined {
  if (received.length < 4) return undefined;
  const length = received.readInt32BE();
  return received.length < 4 + length ? undefined : received.subarray(4, 4 + length);
}

interface Context {
  readonly state: KafkaState;
  /** Group by member, of this connection. */
  readonly members: Map<string, string>;
  readonly ignored: ReadonlySet<number>;
}

async function answer(socket: Socket, frame: Buffer, { state, members, ignored }: Context): Promise<void> {
  const reader = new WireReader(frame);
  const [key, version, correlation] = [reader.int16(), reader.int16(), reader.int32()];
  reader.text();
  if (ignored.has(key)) return;
  try {
    const body = await answerTo(state, members, { key, version, reader });
    if (body === undefined || socket.destroyed) return;
    socket.write(new WireWriter().data(Buffer.concat([new WireWriter().int32(correlation).bytes, body.bytes])).bytes);
  } catch {
    // As a broker does with a request that it cannot read.
    socket.destroy();
  }
}
