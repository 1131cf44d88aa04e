import { derivedId } from '../../kernel/derived-id.js';
import type { CartId } from '../../kernel/id.js';

export const LARGEST_QUANTITY = 10_000;
export const MOST_LINES = 100;

/** A cart that a transaction holds locked. Every change of its lines raises `version` by 1; a cart never written has 0. */
export interface Cart {
  readonly id: CartId;
  readonly version: number;
}

/** How many of one product; a cart has one line of each. */
export interface CartLine {
  readonly productId: string;
  readonly quantity: number;
}

/** A line with what the catalogue and the stock say of its product at this moment. */
export interface PricedLine extends CartLine {
  readonly sku: string;
  readonly title: string;
  /** Minor units of `currency`. */
  readonly unitPrice: number;
  readonly currency: string;
  /** Whether the product is for sale. */
  readonly active: boolean;
  /** Units on hand that nobody has reserved. */
  readonly available: number;
}

/**
 * The id of a customer's cart. It follows from the customer's id, since everybody has exactly one cart: reading an unused
 * cart shows its id without writing a row, and a first write needs no look-up.
 */
export function cartIdOf(customerId: string): CartId {
  return derivedId('cart', customerId);
}

/** A cart that was never written. */
export function emptyCartOf(customerId: string): Cart {
  return { id: cartIdOf(customerId), version: 0 };
}
