import { ProductNotFound } from '../../kernel/product-not-found.js';
import { CartLimitExceeded, CurrencyMismatch } from './cart.errors.js';
import { type CartLine, LARGEST_QUANTITY, MOST_LINES } from './cart.js';

interface Priced {
  readonly currency: string;
}

/** One line for each product, in the order in which they came first: two lines of one product count together. */
export function joinLines(lines: readonly CartLine[]): CartLine[] {
  const quantities = new Map<string, number>();
  for (const { productId, quantity } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
}

/** Throws CartLimitExceeded where a cart with exactly these lines would be too large. */
export function requireWithinLimits(lines: readonly CartLine[]): void {
  if (lines.length > MOST_LINES) {
    throw new CartLimitExceeded(`A cart has at most ${MOST_LINES} lines, not ${lines.length}.`, {
      maximum_lines: MOST_LINES,
    });
  }
  const line = lines.find(({ quantity }) => quantity > LARGEST_QUANTITY);
  if (!line) return;
  throw new CartLimitExceeded(`A line has at most ${LARGEST_QUANTITY} units, not ${line.quantity}.`, {
    product_id: line.productId,
    maximum_quantity: LARGEST_QUANTITY,
  });
}

/** Throws ProductNotFound for the first of these lines whose product is not among those, or is not for sale. */
export function requireForSale(
  lines: readonly CartLine[],
  priced: readonly { readonly productId: string; readonly active: boolean }[],
): void {
  const forSale = new Set(priced.filter(({ active }) => active).map(({ productId }) => productId));
  const missing = lines.find(({ productId }) => !forSale.has(productId));
  if (missing) throw new ProductNotFound(missing.productId.slice(0, 64));
}

/** Throws CurrencyMismatch where these lines or products are priced in more than one currency. */
export function requireOneCurrency(priced: readonly Priced[]): void {
  const currencies = [...new Set(priced.map(({ currency }) => currency))];
  if (currencies.length > 1) throw new CurrencyMismatch(currencies.sort());
}

/** The lines after one of them was put in, in place of what the cart has of its product. */
export function withLine<Line extends CartLine>(lines: readonly Line[], line: Line): Line[] {
  const held = lines.some(({ productId }) => productId === line.productId);
  return held ? lines.map((other) => (other.productId === line.productId ? line : other)) : [...lines, line];
}

export function quantityOf(lines: readonly CartLine[], productId: string): number {
  return lines.find((line) => line.productId === productId)?.quantity ?? 0;
}

/**
 * The lines that change when a guest's cart moves into another one. Nobody can be asked while he signs in, so nothing is
 * refused: quantities add up to the most that a line takes; products that would need a second currency or a line too many
 * stay out.
 */
export function linesToMerge<Line extends CartLine & Priced>(own: readonly Line[], guest: readonly Line[]): CartLine[] {
  const currency = (own[0] ?? guest[0])?.currency;
  const isHeld = ({ productId }: Line): boolean => quantityOf(own, productId) > 0;
  const comparable = guest.filter((line) => line.currency === currency);
  const fresh = comparable.filter((line) => !isHeld(line)).slice(0, MOST_LINES - own.length);
  const fitting = [...comparable.filter(isHeld), ...fresh];
  return fitting.map(({ productId, quantity }) => ({
    productId,
    quantity: Math.min(quantity + quantityOf(own, productId), LARGEST_QUANTITY),
  }));
}
