import { PriceChanged, ProductUnavailable } from './checkout.errors.js';

/** What a buyer asks for. `unitPrice` is what he believes it to cost; null where he takes the price as it is. */
export interface RequestedLine {
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: number | null;
}

/** What has to be known of a product to sell it. */
export interface SellableProduct {
  readonly id: string;
  readonly sku: string;
  readonly title: string;
  readonly unitPrice: number;
  readonly active: boolean;
}

/** A line with the product's title and price as they are now. */
export interface SoldLine {
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** Puts lines of one product together: they count as one, and the first place in the order stays. */
export function mergeLines(lines: readonly RequestedLine[]): RequestedLine[] {
  const merged = new Map<string, RequestedLine>();
  for (const line of lines) {
    const earlier = merged.get(line.productId);
    merged.set(line.productId, earlier ? { ...earlier, quantity: earlier.quantity + line.quantity } : line);
  }
  return [...merged.values()];
}

/** Fixes titles and prices. Throws where a product is not for sale or costs something else. */
export function sellLines(lines: readonly RequestedLine[], products: readonly SellableProduct[]): SoldLine[] {
  const byId = new Map(products.map((product) => [product.id, product]));
  requireForSale(lines, byId);
  requirePrices(lines, byId);
  return mergeLines(lines).flatMap((line) => {
    const product = byId.get(line.productId);
    if (!product) return [];
    const { sku, title, unitPrice } = product;
    return [{ productId: line.productId, sku, title, quantity: line.quantity, unitPrice }];
  });
}

function requireForSale(lines: readonly RequestedLine[], products: ReadonlyMap<string, SellableProduct>): void {
  const missing = mergeLines(lines).filter((line) => products.get(line.productId)?.active !== true);
  if (missing.length === 0) return;
  throw new ProductUnavailable(
    missing.map((line) => ({ product_id: line.productId, title: products.get(line.productId)?.title ?? null })),
  );
}

function requirePrices(lines: readonly RequestedLine[], products: ReadonlyMap<string, SellableProduct>): void {
  const changed = lines.flatMap((line) => {
    const price = products.get(line.productId)?.unitPrice;
    if (line.unitPrice === null || price === undefined || line.unitPrice === price) return [];
    return [{ product_id: line.productId, requested_unit_price: line.unitPrice, unit_price: price }];
  });
  if (changed.length > 0) throw new PriceChanged({ items: changed });
}
