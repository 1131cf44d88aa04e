import { once } from 'node:events';
import { createServer } from 'node:http';

export interface CountingServer {
  readonly url: string;
  /** Paths that were asked for, oldest first. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** A server on this machine that answers everybody with `document` and remembers who asked for what. */
export async function startCountingServer(document: () => object = () => ({})): Promise<CountingServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a TCP port');
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${address.port}`, requests, stop };
}
