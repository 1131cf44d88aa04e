import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** As much of Fastify as is needed here. */
interface ClosingServer {
  readonly server: Pick<Server, 'on' | 'once' | 'closeIdleConnections'>;
  addHook(name: 'preClose', hook: (done: () => void) => void): unknown;
}

const LOOK_MS = 100;

/**
 * Ends connections over which nothing was ever asked, once the server closes. Browsers and HTTP clients open some in
 * advance. Node takes them for busy until their request is late, and the process would wait that long for its end.
 * Node looks for idle ones once, too: one whose answer leaves in that very moment would be kept, so they are looked for again.
 */
export function closeUnusedConnections(fastify: ClosingServer): void {
  const unused = new Set<Socket>();
  let closing = false;
  fastify.server.on('connection', (socket: Socket) => {
    if (closing) return void socket.destroy();
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  fastify.server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const socket of unused) socket.destroy();
    const look = setInterval(() => fastify.server.closeIdleConnections(), LOOK_MS);
    fastify.server.once('close', () => clearInterval(look));
    done();
  });
}
