import { createHmac, randomBytes } from 'node:crypto';
import request from 'supertest';
import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';
import type { TestApi } from './api.js';
import type { SandboxIntent } from './storefront.js';

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  /** Unix seconds. */
  readonly created: number;
  readonly data: { readonly object: object };
}

export interface Delivery {
  /** The endpoint's own where left out. */
  readonly secret?: string;
  /** Unix seconds; now where left out. */
  readonly signedAt?: number;
  /** Instead of a signature that fits. */
  readonly signature?: string;
}

export interface InboxRow {
  readonly id: string;
  readonly provider_event_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly last_error: string | null;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** An event as Stripe makes it. */
export function stripeEvent(type: string, object: object, created = nowSeconds()): StripeEvent {
  const id = `evt_${randomBytes(12).toString('hex')}`;
  return Object.assign(
    { object: 'event', api_version: '2026-10-28.endive', livemode: false, pending_webhooks: 1 },
    { id, type, created, data: { object }, request: { id: null, idempotency_key: null } },
  );
}

/** The events of one intent, which differ in type and in how the intent stood. */
export function intentEvent(
  intent: Pick<SandboxIntent, 'id' | 'amount' | 'currency' | 'metadata'>,
  kind: 'created' | 'processing' | 'requires_action' | 'payment_failed' | 'succeeded' | 'canceled',
  created = nowSeconds(),
): StripeEvent {
  const status = kind === 'created' || kind === 'payment_failed' ? 'requires_payment_method' : kind;
  const error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' };
  return stripeEvent(
    `payment_intent.${kind}`,
    {
      id: intent.id,
      object: 'payment_intent',
      status,
      amount: intent.amount,
      amount_received: kind === 'succeeded' ? intent.amount : 0,
      currency: intent.currency,
      metadata: intent.metadata,
      last_payment_error: kind === 'payment_failed' ? error : null,
      next_action: null,
    },
    created,
  );
}

/** The header by the recipe in Stripe's documentation, not by the code under test: HMAC-SHA256 over time and body. */
export function signatureOf(body: string | Buffer, secret: string, signedAt = nowSeconds()): string {
  return `t=${signedAt},v1=${createHmac('sha256', secret).update(`${signedAt}.`).update(body).digest('hex')}`;
}

/** Posts a body as Stripe does. Sent when it is awaited. */
export function deliverBody(api: TestApi, body: string, delivery: Delivery = {}): request.Test {
  const secret = delivery.secret ?? api.config.STRIPE_WEBHOOK_SECRET[0] ?? '';
  const { signature = signatureOf(body, secret, delivery.signedAt) } = delivery;
  return request(api.url)
    .post('/v1/webhooks/stripe')
    .set('content-type', 'application/json; charset=utf-8')
    .set('stripe-signature', signature)
    .send(body);
}

export function deliver(api: TestApi, event: object, delivery: Delivery = {}): request.Test {
  return deliverBody(api, JSON.stringify(event), delivery);
}

/** What the worker's sweep does. Answers how many events were worked on. */
export function workInbox(api: TestApi): Promise<number> {
  return api.app.get(ProcessEvents, { strict: false }).sweep();
}

/** Works on events, and on the payments that they make us look at, until nothing is due any more. */
export async function workAll(api: TestApi): Promise<void> {
  const payments = api.app.get(SettlePayments, { strict: false });
  while ((await workInbox(api)) + (await payments.sweep()) > 0);
}

/** The row of an event. Throws where there is none. */
export async function inboxRow(api: TestApi, providerEventId: string): Promise<InboxRow> {
  const [row] = await api.database.query<InboxRow>(
    'SELECT id, provider_event_id, status, attempts, last_error FROM webhook_events WHERE provider_event_id = $1',
    [providerEventId],
  );
  if (!row) throw new Error(`event ${providerEventId} was not stored`);
  return row;
}

/** Makes every event that waits due now, as the passing of time would. */
export async function passTime(api: TestApi): Promise<void> {
  await api.database.query('UPDATE webhook_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL');
}
