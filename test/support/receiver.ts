import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request to a receiver, as it came. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body read as the envelope of an event. */
  readonly event: { readonly id: string; readonly type: string; readonly subject: string; readonly sequence: string };
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Answer = Reply | number | 'hang';

/** What to answer to the request with this number, the first being 1; `hang` never answers. */
export type Behaviour = (received: Received, count: number) => Answer | Promise<Answer>;

export interface Receiver {
  /** `http://127.0.0.1:<port>`: any path will do. */
  readonly url: string;
  /** Everything that has come to this path so far, oldest first; grows. */
  at(path: string): readonly Received[];
  /** From now on, for this path; 200 where nothing was said. */
  behave(path: string, behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Somebody on this machine who receives webhooks, and does with them as a test likes. */
export async function startReceiver(): Promise<Receiver> {
  const received = new Map<string, Received[]>();
  const behaviours = new Map<string, Behaviour>();
  const sockets = new Set<Socket>();
  const at = (path: string): Received[] => {
    const known = received.get(path) ?? [];
    received.set(path, known);
    return known;
  };
  const server = createServer((request, response) => {
    void read(request).then(async (each) => {
      at(each.path).push(each);
      const behave = behaviours.get(each.path) ?? (() => 200);
      answer(response, await behave(each, at(each.path).length));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver does not listen on a TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    at,
    behave: (path, behaviour) => void behaviours.set(path, behaviour),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<Received> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) body += String(chunk);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return { path: request.url ?? '', headers, body, event: JSON.parse(body) };
}

function answer(response: ServerResponse, reply: Answer): void {
  if (reply === 'hang') return;
  const { status, headers = {}, body = '' } = typeof reply === 'number' ? { status: reply } : reply;
  response.writeHead(status, headers).end(body);
}
