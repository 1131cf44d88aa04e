// A Redis in JavaScript, in memory only, as a process of its own: for a first look and for tests on a machine without
// redis-server. The package's own command listens on every interface; this one on loopback alone. Prints `port <n>`
// when it is ready and ends when its standard input closes, so it never outlives the process that started it.
import { createServer, type Socket } from 'node:net';
import {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  SocketConnectionTransport,
} from 'js-redis-server/core';

const state = new RedisServerState({ databaseCount: 16 });
const executor = createRedisCommandExecutor();
const sockets = new Set<Socket>();

const server = createServer({ keepAlive: true, noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  attachSession(new SocketConnectionTransport(socket), {
    state,
    executor,
    clientAddress: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
  });
});

function stop(): void {
  for (const socket of sockets) socket.destroy();
  server.close();
  state.close();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
process.stdin.on('close', stop).on('error', stop).resume();

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`port ${address.port}\n`);
});
