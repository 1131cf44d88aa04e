import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { SentEvent } from '../support/event-source.js';
import { verifyWebhook } from '../support/standard-webhooks.js';
import { Receipts } from './event-consumer.js';

const FAILING_SHARE = 1 / 3;

/**
 * A receiver of webhooks that takes in whatever comes, and says of a third of it that it did not. What happens to stock may
 * come to him in any order, so that one that fails is not in the way of hundreds.
 */
export class WebhookReceiver {
  readonly receipts = new Receipts('the receiver of webhooks', (type) => !type.startsWith('stock.'));
  /** What came without a signature that fits. */
  readonly unsigned: unknown[] = [];
  /** As it was shown when the endpoint was made. */
  secret = '';
  failures = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private readonly random: () => number,
  ) {
    server.on('request', (request: IncomingMessage, response) => {
      void this.receive(request).then((status) => response.writeHead(status).end());
    });
  }

  static async start(random: () => number): Promise<WebhookReceiver> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the receiver does not listen on a TCP port');
    return new WebhookReceiver(server, `http://127.0.0.1:${address.port}/events`, random);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async receive(request: IncomingMessage): Promise<number> {
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) body += String(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      verifyWebhook(this.secret, { headers, body });
    } catch (error) {
      this.unsigned.push({ headers, body, reason: String(error) });
    }
    const event: SentEvent = JSON.parse(body);
    this.receipts.take(event);
    if (this.random() >= FAILING_SHARE) return 204;
    this.failures += 1;
    return 500;
  }
}
