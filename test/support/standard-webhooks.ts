import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Received } from './receiver.js';

const TOLERANCE_SECONDS = 300;

/**
 * What a receiver does with a webhook, by the recipe of the specification and not by the code under test
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). Answers the body as an
 * object. Throws where no signature fits or the time is another.
 */
export function verifyWebhook(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): object {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) {
    throw new Error('the timestamp is not of now');
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  const fits = signatures.split(' ').some((versioned) => {
    const [version, signature = ''] = versioned.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!fits) throw new Error('No matching signature');
  const event: object = JSON.parse(body);
  return event;
}
