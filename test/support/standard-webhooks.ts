import { Webhook } from 'standardwebhooks';
import type { Received } from './receiver.js';

/**
 * What a receiver does with a webhook, by the library of the specification, which knows nothing of the code under test.
 * Answers the body as an object. Throws where no signature fits or the time is another.
 */
export function verifyWebhook(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): object {
  const event: unknown = new Webhook(secret).verify(body, { ...headers });
  if (typeof event !== 'object' || event === null) throw new Error('the body is no object');
  return event;
}
