import type request from 'supertest';
import type { ApiClient } from './api-client.js';
import { US_ADDRESS } from './shop.js';

export interface Purchase {
  /** How many of which product. */
  readonly lines: readonly { readonly product_id: string; readonly quantity: number }[];
  /** Without it one that nobody used in this file. */
  readonly key?: string;
  readonly paymentMethod?: string;
}

let keys = 0;

/** Makes these the lines of the buyer's cart. */
export async function fillCart(buyer: ApiClient, lines: Purchase['lines']): Promise<void> {
  await buyer.put('/v1/cart', { items: lines }).expect(200);
}

/** Checks the buyer's cart out and pays with a card. Sent when it is awaited. */
export function checkOut(buyer: ApiClient, purchase: Omit<Purchase, 'lines'> = {}): request.Test {
  keys += 1;
  const { key = `purchase-${keys}`, paymentMethod = 'pm_card_visa' } = purchase;
  return buyer.post(
    '/v1/orders/checkout',
    { shipping_address: US_ADDRESS, payment_method: paymentMethod },
    { idempotencyKey: key },
  );
}

/** How many answers there are of each kind: `{ '201 paid': 1, '409 order_insufficient_stock': 2 }`. */
export function tally(answers: readonly request.Response[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const kind = `${status} ${body.code ?? body.status}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
