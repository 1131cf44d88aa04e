import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import type { CartLine } from '../domain/cart.js';
import { requireOneCurrency, requireWithinLimits, withLine } from '../domain/cart-lines.js';
import { type PricedCart, priceCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';
import { CartQuery } from '../queries/cart.query.js';
import { ProductsForSale } from './products-for-sale.js';

/** What adding to a line and setting it have in common. */
@Injectable()
export class PutCartLine {
  constructor(
    private readonly carts: CartRepository,
    private readonly query: CartQuery,
    private readonly products: ProductsForSale,
  ) {}

  /** Gives the product's line the quantity that `decide` makes of the lines that the locked cart has. */
  async put(
    tx: Tx,
    customerId: string,
    productId: string,
    decide: (held: readonly CartLine[]) => number,
  ): Promise<PricedCart> {
    const product = await this.products.get(tx, productId);
    const cart = await this.carts.lockForChange(tx, customerId);
    const held = await this.query.findLines(tx, cart);
    const line = { ...product, productId, quantity: decide(held), available: 0 };
    const lines = withLine(held, line);
    requireOneCurrency(lines);
    requireWithinLimits(lines);
    const stock = await this.carts.put(tx, cart, [line]);
    return priceCart(cart, withLine(lines, { ...line, available: stock.get(productId) ?? 0 }));
  }
}
