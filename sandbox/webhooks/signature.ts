import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header: HMAC-SHA256 over time and payload (https://docs.stripe.com/webhooks#verify-manually). */
export function signatureHeader(payload: string, secret: string, nowMs: number): string {
  const time = Math.floor(nowMs / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${payload}`).digest('hex');
  return `t=${time},v1=${signature}`;
}
