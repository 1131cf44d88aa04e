import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { eventually } from '../../../../test/support/poll.js';
import { DeliverySender } from './delivery-sender.js';
import { newSecret } from './signature.js';
import { TargetGuard } from './target-guard.js';

const LIMIT_MS = 400;
const SECRET = newSecret();

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a TCP port');
  return address.port;
}

const receiver = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  listen(createHttpServer(answer));

function sender(resolve?: (hostname: string) => Promise<{ address: string; family: number }[]>, allowPrivate = true) {
  const made = new DeliverySender(new TargetGuard({ allowPrivate }, resolve), LIMIT_MS);
  stops.push(() => made.onApplicationShutdown());
  return made;
}

const parcel = (url: string) => ({ url, eventId: 'evt_1', body: '{"a":"ä"}', secrets: [SECRET] });

describe('sending to a receiver', () => {
  it('posts the body byte for byte, signed, and reads the answer', async () => {
    const seen: unknown[] = [];
    const port = await receiver((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        seen.push([request.method, request.url, body, request.headers['content-type'], request.headers['webhook-id']]);
        response.writeHead(202).end('taken\u0000');
      });
    });

    const receipt = await sender().send(parcel(`http://127.0.0.1:${port}/hook?tenant=1`));

    expect(seen).toEqual([['POST', '/hook?tenant=1', '{"a":"ä"}', 'application/json; charset=utf-8', 'evt_1']]);
    expect(receipt).toMatchObject({ status: 202, excerpt: 'taken\uFFFD', error: null, retryAfterSeconds: null });
    expect(Object.keys(receipt.headers)).toEqual([
      'content-type',
      'user-agent',
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ]);
    expect(receipt.headers['webhook-timestamp']).toBe(String(Math.floor(receipt.sentAt.getTime() / 1_000)));
  });

  it('does not follow a redirect', async () => {
    const asked: (string | undefined)[] = [];
    const port = await receiver((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    const receipt = await sender().send(parcel(`http://127.0.0.1:${port}/hook`));

    expect(receipt).toMatchObject({ status: 307, error: null });
    expect(asked).toEqual(['/hook']);
  });

  it('keeps the first 1024 bytes of a body without an end, and hangs up', async () => {
    const hungUp: string[] = [];
    const port = await receiver((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more).on('close', () => hungUp.push('hung up'));
      more();
    });

    const receipt = await sender().send(parcel(`http://127.0.0.1:${port}/`));

    expect(receipt).toMatchObject({ status: 200, excerpt: 'x'.repeat(1_024), error: null });
    await eventually(() => expect(hungUp).toEqual(['hung up']));
  });

  it('takes the status of a receiver whose body never ends', async () => {
    const port = await receiver((_, response) => void response.writeHead(200).write('beginning'));

    expect(await sender().send(parcel(`http://127.0.0.1:${port}/`))).toMatchObject({
      status: 200,
      excerpt: 'beginning',
      error: null,
    });
  });

  it('gives up a receiver that does not answer', async () => {
    const port = await receiver(() => undefined);

    expect(await sender().send(parcel(`http://127.0.0.1:${port}/`))).toMatchObject({
      status: null,
      excerpt: null,
      error: 'no answer within 400 ms',
    });
  });

  it('gives up a receiver that speaks without an end before it answers', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );

    expect((await sender().send(parcel(`http://127.0.0.1:${port}/`))).error).toBe('no answer within 400 ms');
  });

  it.each([
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'HPE_INVALID_CONSTANT'],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`, 'HPE_HEADER_OVERFLOW'],
    ['nothing', undefined, 'ECONNRESET'],
  ])('tells of a receiver that answers with %s', async (_, answer, code) => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        if (answer === undefined) socket.once('data', () => socket.resetAndDestroy());
        else socket.write(answer);
      }),
    );

    expect(await sender().send(parcel(`http://127.0.0.1:${port}/`))).toMatchObject({ status: null, error: code });
  });

  it('tells of a receiver that is not there', async () => {
    const receipt = await sender().send(parcel('http://127.0.0.1:1/'));

    expect(receipt).toMatchObject({ status: null, error: 'ECONNREFUSED' });
  });

  it.each([
    ['seconds', '120', 120],
    ['a date in the past', 'Fri, 20 Nov 2020 12:00:00 GMT', 0],
    ['nonsense', 'soon', null],
  ])('reads Retry-After as %s', async (_, header, seconds) => {
    const port = await receiver((__, response) => response.writeHead(429, { 'retry-after': header }).end());

    expect((await sender().send(parcel(`http://127.0.0.1:${port}/`))).retryAfterSeconds).toBe(seconds);
  });

  it('keeps what looks like a card number out of the excerpt', async () => {
    const port = await receiver((_, response) => response.end('card 4242 4242 4242 4242 is wrong'));

    expect((await sender().send(parcel(`http://127.0.0.1:${port}/`))).excerpt).toBe('[redacted]');
  });
});

describe('a name', () => {
  it('is resolved by the socket itself, and only addresses that are allowed are connected to', async () => {
    const asked: string[] = [];
    const port = await receiver((_, response) => response.end());
    const resolve = async (name: string) => {
      asked.push(name);
      return [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
    };

    const receipt = await sender(resolve).send(parcel(`http://shop.example:${port}/`));

    expect([receipt.status, receipt.error]).toEqual([200, null]);
    expect(asked).toEqual(['shop.example']);
  });

  it('that was public when it was registered is refused once it leads elsewhere', async () => {
    const connected: unknown[] = [];
    const port = await listen(createTcpServer((socket) => connected.push(socket)));
    const answers = ['93.184.216.34', '127.0.0.1'];
    const guard = new TargetGuard({ allowPrivate: false }, async () => [{ address: answers.shift() ?? '', family: 4 }]);
    const url = await guard.admit(`https://rebinding.example:${port}/`);
    const made = new DeliverySender(guard, LIMIT_MS);
    stops.push(() => made.onApplicationShutdown());

    const receipt = await made.send(parcel(url.href));

    expect(receipt).toMatchObject({ status: null, error: 'TARGET_NOT_ALLOWED' });
    expect(connected).toEqual([]);
  });

  it('that leads to nothing but private addresses is refused when it is registered', async () => {
    const guard = new TargetGuard({ allowPrivate: false }, async () => [
      { address: '10.0.0.5', family: 4 },
      { address: '::1', family: 6 },
    ]);

    await expect(guard.admit('https://intranet.example/')).rejects.toThrow('must not lead to a private, local');
  });

  it('that cannot be resolved may be registered, and is no receiver', async () => {
    const guard = new TargetGuard({ allowPrivate: false }, () =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
    );
    const made = new DeliverySender(guard, LIMIT_MS);
    stops.push(() => made.onApplicationShutdown());

    const url = await guard.admit('https://new.example/');

    expect(await made.send(parcel(url.href))).toMatchObject({ status: null, error: 'ENOTFOUND' });
  });

  it('is asked for once where several deliveries wait for it', async () => {
    const asked: string[] = [];
    const port = await receiver((_, response) => response.end());
    let answer: (addresses: { address: string; family: number }[]) => void = () => undefined;
    const resolve = (name: string) => {
      asked.push(name);
      return new Promise<{ address: string; family: number }[]>((done) => (answer = done));
    };
    const made = sender(resolve);

    const sent = [1, 2, 3].map(() => made.send(parcel(`http://shop.example:${port}/`)));
    answer([{ address: '127.0.0.1', family: 4 }]);

    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(asked).toEqual(['shop.example']);
  });

  it('cannot lead past the rules by an address in the URL of an endpoint that was stored before', async () => {
    const receipt = await sender(undefined, false).send(parcel('https://127.0.0.1:8443/'));

    expect(receipt).toMatchObject({ status: null, error: 'TARGET_NOT_ALLOWED' });
  });
});
