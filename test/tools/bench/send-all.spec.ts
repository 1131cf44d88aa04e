import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { sendAll } from '../../../bench/load/send-all.js';

describe('a heap of requests', () => {
  const paths: string[] = [];
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      paths.push(request.url ?? '');
      request.resume();
      const status = request.url === '/refused' ? 409 : 202;
      response.writeHead(status, { 'content-length': 2 }).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') port = address.port;
  });

  beforeEach(() => paths.splice(0));
  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });

  it('is sent once each, over all connections', async () => {
    const posts = Array.from({ length: 50 }, (_, place) => ({ path: `/${place}`, headers: '', body: '{}' }));

    const seconds = await sendAll(port, posts, { connections: 7, wanted: 202 });

    expect(seconds).toBeGreaterThan(0);
    expect(paths.toSorted()).toEqual(posts.map(({ path }) => path).toSorted());
  });

  it('stops at an answer that is not wanted', async () => {
    const posts = [{ path: '/refused', headers: '', body: '{}' }];

    await expect(sendAll(port, posts, { connections: 2, wanted: 202 })).rejects.toThrow('answered 409 and not 202');
  });
});
