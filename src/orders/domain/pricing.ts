import { LARGEST_TOTAL_MINOR, multiplyMinor, sumMinor } from '../../kernel/money.js';
import { AmountTooLarge } from './order.errors.js';

export interface PricedLine {
  readonly unitPrice: number;
  readonly quantity: number;
}

export interface Totals {
  readonly subtotal: number;
  readonly shippingTotal: number;
  readonly taxTotal: number;
  readonly discountTotal: number;
  readonly totalAmount: number;
}

/** Adds an order up in minor units. Throws AmountTooLarge where the total is more than one payment can carry. */
export function totalsOf(lines: readonly PricedLine[], shippingTotal: number): Totals {
  const subtotal = addLines(lines);
  const totalAmount = subtotal + shippingTotal;
  if (totalAmount > LARGEST_TOTAL_MINOR) throw new AmountTooLarge(LARGEST_TOTAL_MINOR);
  return { subtotal, shippingTotal, taxTotal: 0, discountTotal: 0, totalAmount };
}

function addLines(lines: readonly PricedLine[]): number {
  try {
    return sumMinor(lines.map((line) => multiplyMinor(line.unitPrice, line.quantity)));
  } catch (error) {
    if (error instanceof RangeError) throw new AmountTooLarge(LARGEST_TOTAL_MINOR);
    throw error;
  }
}
