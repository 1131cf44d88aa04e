import { createServer } from 'node:net';
import { errorCode } from '../process/error-code.js';

/** A TCP port that nobody listens on at this moment. Somebody else may take it before it is used: be ready to retry. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryListen(0, host);
  if (typeof port === 'number') return port;
  throw new Error(`no free port on ${host}`, { cause: port });
}

/** True when `port` can be listened on, false when it is taken. @throws Error for a port or address that is not ours. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  const answer = await tryListen(port, host);
  if (typeof answer === 'number') return true;
  if (errorCode(answer) === 'EADDRINUSE') return false;
  throw new Error(`HOST ${host} with PORT ${port} cannot be listened on: ${answer.message}`, { cause: answer });
}

function tryListen(port: number, host: string): Promise<number | Error> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}
