import { randomBytes } from 'node:crypto';
import type request from 'supertest';
import type { PaymentId } from '../../src/kernel/id.js';
import { SettlePayments } from '../../src/checkout/use-cases/settle-payments.use-case.js';
import type { ApiClient } from './api-client.js';
import type { TestApi } from './api.js';
import { US_ADDRESS } from './shop.js';

export interface Line {
  readonly product_id: string;
  readonly quantity: number;
  readonly unit_price?: number;
}

interface SandboxCharge {
  readonly payment_intent: string;
  readonly order_id: string | null;
  readonly payment_id: string | null;
  readonly amount: number;
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  readonly status: string;
}

export interface SandboxLedger {
  readonly charges: readonly SandboxCharge[];
  readonly refunds: readonly object[];
  readonly calls: Readonly<Record<string, number>>;
}

export interface SandboxIntent {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export const freshKey = (): string => `key-${randomBytes(9).toString('base64url')}`;

/** Fills the cart and checks it out to an address in the west of the US. `body` adds to that or takes its place. */
export async function buyCart(buyer: ApiClient, lines: readonly Line[], body: object = {}): Promise<request.Response> {
  await buyer.put('/v1/cart', { items: lines }).expect(200);
  return checkOut(buyer, body);
}

export function checkOut(buyer: ApiClient, body: object = {}, idempotencyKey = freshKey()): request.Test {
  return buyer.post('/v1/orders/checkout', { shipping_address: US_ADDRESS, ...body }, { idempotencyKey });
}

/** Orders lines past any cart. */
export function order(
  buyer: ApiClient,
  items: readonly unknown[],
  body: object = {},
  idempotencyKey = freshKey(),
): request.Test {
  return buyer.post('/v1/orders', { items, ...body }, { idempotencyKey });
}

/** Pays an order that exists; without a body the answer carries the client secret. */
export function pay(buyer: ApiClient, orderId: string, body: object = {}, idempotencyKey = freshKey()): request.Test {
  return buyer.post(`/v1/orders/${orderId}/payments`, body, { idempotencyKey });
}

export function cancel(
  buyer: ApiClient,
  orderId: string,
  body: object = {},
  idempotencyKey = freshKey(),
): request.Test {
  return buyer.post(`/v1/orders/${orderId}/cancel`, body, { idempotencyKey });
}

/** `PATCH …/pay`: attaches a standalone payment, or records money from outside. */
export function recordPayment(
  caller: ApiClient,
  orderId: string,
  transactionId: unknown,
  idempotencyKey = freshKey(),
): request.Test {
  return caller.patch(`/v1/orders/${orderId}/pay`, { transaction_id: transactionId }, { idempotencyKey });
}

/** The audit trail as the admin reads it, oldest first. */
export async function auditOf(api: TestApi, orderId: string): Promise<Record<string, unknown>[]> {
  const { body } = await api.admin().get(`/v1/admin/orders/${orderId}/audit?limit=100`).expect(200);
  return body.entries;
}

export async function eventTypes(api: TestApi, orderId: string): Promise<unknown[]> {
  return (await auditOf(api, orderId)).map((entry) => entry['event_type']);
}

/** `[on hand, reserved]` of a product. */
export async function stockOf(api: TestApi, productId: string): Promise<[number, number]> {
  const { body } = await api.admin().get(`/v1/admin/inventory/${productId}`).expect(200);
  return [body.on_hand, body.reserved];
}

/** What the buyer has in his cart, as `[product, quantity]`. */
export async function cartOf(buyer: ApiClient): Promise<[string, number][]> {
  const { body }: { body: { items: Line[] } } = await buyer.get('/v1/cart').expect(200);
  return body.items.map(({ product_id, quantity }) => [product_id, quantity]);
}

const RECORDED = [
  ...['carts', 'cart_lines', 'stock_levels', 'stock_movements', 'reservations', 'reservation_lines', 'orders'],
  ...['order_items', 'shipments', 'payments', 'payment_attempts', 'audit_entries', 'outbox_events'],
  ...['refunds', 'refund_items'],
];

const SUMS = RECORDED.map(
  (table) => `SELECT '${table}' AS "table", count(*)::int AS rows,
    md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS content FROM "${table}" t`,
).join(' UNION ALL ');

/**
 * A sum over every row of the business, by table, and all that Stripe knows: equal before and after a request that changed
 * nothing.
 */
export async function everything(api: TestApi): Promise<object> {
  return { tables: await api.database.query(SUMS), stripe: await ledgerOf(api) };
}

/** What the sandbox says was charged, refunded and called. */
export async function ledgerOf(api: TestApi): Promise<SandboxLedger> {
  return callSandbox<SandboxLedger>(api, '/_sandbox/ledger');
}

/** The charges made for one order, oldest first. */
export async function chargesOf(api: TestApi, orderId: string): Promise<SandboxCharge[]> {
  const { charges } = await ledgerOf(api);
  return charges.filter((charge) => charge.order_id === orderId);
}

/** The intent of an order's newest payment, as Stripe shows it. */
export async function intentOf(api: TestApi, orderId: string): Promise<SandboxIntent> {
  const [payment] = await api.database.query<{ provider_payment_id: string }>(
    'SELECT provider_payment_id FROM payments WHERE order_id = $1 ORDER BY id DESC LIMIT 1',
    [orderId],
  );
  if (!payment) throw new Error(`order ${orderId} has no payment`);
  return callSandbox<SandboxIntent>(api, `/v1/payment_intents/${payment.provider_payment_id}`, {
    headers: { authorization: 'Bearer sk_test_reader' },
  });
}

/** The buyer's browser confirms the intent, with nothing but its client secret. Answers Stripe's status code. */
export async function confirmAsClient(api: TestApi, clientSecret: string, paymentMethod: string): Promise<number> {
  const [intentId] = clientSecret.split('_secret_');
  const answer = await fetch(`${urlOf(api)}/v1/payment_intents/${intentId}/confirm`, {
    method: 'POST',
    headers: { authorization: 'Bearer pk_test_browser' },
    body: new URLSearchParams({ client_secret: clientSecret, payment_method: paymentMethod }),
    signal: AbortSignal.timeout(5_000),
  });
  await answer.text();
  return answer.status;
}

/** The customer answers his bank about the intent of an order. */
export async function authenticate(api: TestApi, orderId: string, outcome: 'succeed' | 'fail'): Promise<void> {
  const { id } = await intentOf(api, orderId);
  await controlSandbox(api, `/payment_intents/${id}/authenticate`, { outcome });
}

/** The network answers a payment that was processing. */
export async function endProcessing(api: TestApi, orderId: string, outcome: 'succeed' | 'fail'): Promise<void> {
  const { id } = await intentOf(api, orderId);
  await controlSandbox(api, `/payment_intents/${id}/processing`, { outcome });
}

/** Tells the sandbox to fail, see sandbox/README.md. */
export async function armFault(api: TestApi, fault: object): Promise<void> {
  await controlSandbox(api, '/faults', fault);
}

/** What the worker's bell does for the newest payment of an order. */
export async function settle(api: TestApi, orderId: string): Promise<void> {
  const [payment] = await api.database.query<{ id: PaymentId }>(
    'SELECT id FROM payments WHERE order_id = $1 ORDER BY id DESC LIMIT 1',
    [orderId],
  );
  if (!payment) throw new Error(`order ${orderId} has no payment`);
  await api.app.get(SettlePayments, { strict: false }).settle(payment.id);
}

/** A call to the control API, see sandbox/README.md. */
export function controlSandbox<Answer>(api: TestApi, path: string, body: object): Promise<Answer> {
  return callSandbox<Answer>(api, `/_sandbox${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export async function callSandbox<Answer>(api: TestApi, path: string, options: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(`${urlOf(api)}${path}`, { ...options, signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
  const parsed: Answer = JSON.parse(await answer.text());
  return parsed;
}

function urlOf(api: TestApi): string {
  if (!api.sandbox) throw new Error('this API was started without a Stripe sandbox');
  return api.sandbox.url;
}
