import { createServer } from 'node:http';

// A receiver of outgoing webhooks as a process of its own: says yes to everything, and how many different events came.
const seen = new Set<string>();
const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(String(seen.size));
  request.resume();
  request.on('end', () => {
    seen.add(String(request.headers['webhook-id']));
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('listening\n'));
process.once('SIGTERM', () => process.exit());
