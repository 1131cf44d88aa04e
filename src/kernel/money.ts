/** Money is an integer count of minor units beside its currency. A float never holds money, not even on the way. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** The largest total an order may have, in minor units: Stripe's own limit of eight digits. */
export const LARGEST_TOTAL_MINOR = 99_999_999;

/** Multiplies a price by a quantity. Throws a RangeError where the product is no longer an exact integer. */
export function multiplyMinor(unitMinor: number, quantity: number): number {
  return requireSafe(unitMinor * quantity);
}

/** Adds amounts of one currency. Throws a RangeError where the sum is no longer an exact integer. */
export function sumMinor(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => requireSafe(total + amount), 0);
}

function requireSafe(minor: number): number {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`${minor} is not an exact amount in minor units`);
  return minor;
}
