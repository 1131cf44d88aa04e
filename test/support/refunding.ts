import type request from 'supertest';
import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import type { ApiClient } from './api-client.js';
import type { TestApi } from './api.js';
import { stockedProduct } from './shop.js';
import { buyCart, freshKey, ledgerOf } from './storefront.js';

/** A card payment of three units at 20.00 and 6.99 of shipping to the west of the US. */
export const UNIT_PRICE = 2_000;
export const SHIPPING = 699;
export const TOTAL = 3 * UNIT_PRICE + SHIPPING;

export interface PaidOrder {
  readonly id: string;
  readonly buyer: ApiClient;
  readonly product: string;
  readonly itemId: string;
}

/** Three units out of ten, paid with a card whose name Stripe knows. */
export async function paidOrder(api: TestApi, paymentMethod = 'pm_card_visa'): Promise<PaidOrder> {
  const product = await stockedProduct(api, { unitPrice: UNIT_PRICE, onHand: 10 });
  const buyer = api.customer();
  const { body } = await buyCart(buyer, [{ product_id: product, quantity: 3 }], { payment_method: paymentMethod });
  expect(body).toMatchObject({ status: 'paid', total_amount: TOTAL });
  return { id: body.id, buyer, product, itemId: body.items[0].id };
}

export function askRefund(api: TestApi, orderId: string, body: object = {}, idempotencyKey = freshKey()): request.Test {
  return api.admin().post(`/v1/admin/orders/${orderId}/refunds`, body, { idempotencyKey });
}

/** What the worker's sweep does. Answers how many refunds it looked after. */
export function sweepRefunds(api: TestApi): Promise<number> {
  return api.app.get(SubmitRefunds, { strict: false }).sweep();
}

/** Makes every refund that waits due now, as the passing of time would. */
export async function passRefundTime(api: TestApi): Promise<void> {
  await api.database.query('UPDATE refunds SET next_check_at = now() WHERE next_check_at IS NOT NULL');
}

export interface SandboxRefund {
  readonly id: string;
  readonly payment_intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly refund_id: string | null;
  readonly status: string;
}

/** The refunds that Stripe has for the payments of an order, oldest first, whoever made them. */
export async function refundsAtStripe(api: TestApi, orderId: string): Promise<SandboxRefund[]> {
  const payments = await api.database.query<{ intent: string }>(
    'SELECT provider_payment_id AS intent FROM payments WHERE order_id = $1',
    [orderId],
  );
  const intents = new Set(payments.map(({ intent }) => intent));
  return (await sandboxRefunds(api)).filter((refund) => intents.has(refund.payment_intent));
}

/**
 * Fails unless the refunds that hold money, here and at Stripe, are the same, one by one, and each charge says the same
 * sum. For the end of a test, when all news have been worked in.
 */
export async function expectRefundsAgree(api: TestApi): Promise<void> {
  const theirs = (await sandboxRefunds(api)).filter(({ status }) => status === 'succeeded' || status === 'pending');
  const ours = await api.database.query<{ id: string }>(
    `SELECT r.provider_refund_id AS id, r.amount, r.currency, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id
     WHERE p.provider = 'stripe' AND r.status NOT IN ('failed', 'canceled')`,
  );
  const lines = theirs.map(({ id, amount, currency, status }) => ({ id, amount, currency, status }));
  expect(byId(ours)).toEqual(byId(lines));
  const held = await api.database.query<{ id: string }>(
    `SELECT provider_payment_id AS id, refund_hold AS refunded FROM payments WHERE captured_amount > 0 AND provider = 'stripe'`,
  );
  const { charges } = await ledgerOf(api);
  const taken = charges.filter(({ status, captured }) => status === 'succeeded' && captured > 0);
  expect(byId(held)).toEqual(byId(taken.map(({ payment_intent: id, refunded }) => ({ id, refunded }))));
}

async function sandboxRefunds(api: TestApi): Promise<SandboxRefund[]> {
  const { refunds } = await ledgerOf(api);
  const parsed: SandboxRefund[] = JSON.parse(JSON.stringify(refunds));
  return parsed;
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((left, right) => left.id.localeCompare(right.id));
}
