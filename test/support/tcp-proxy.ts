import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between the application and a service, so that a test can take the service away and bring it back. */
export interface TcpProxy {
  /** The service's URL with the proxy's host and port. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections again, on the same port. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTcpProxy(targetUrl: string): Promise<TcpProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let port = 0;
  let server: Server | undefined;

  const restore = async (): Promise<void> => {
    if (server) return;
    server = createServer((client) => join(client, connect(Number(target.port), target.hostname), sockets));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') port = address.port;
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
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${port}`;
  return { url: url.href, cut, restore, stop: cut };
}

function join(client: Socket, service: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [
    [client, service],
    [service, client],
  ] as const) {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
