import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import type { CartLine } from '../domain/cart.js';
import { joinLines, requireForSale, requireOneCurrency, requireWithinLimits } from '../domain/cart-lines.js';
import { type PricedCart, priceCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';

/** Makes the wanted lines the whole cart. Storefronts send it on every click, so it takes one statement. */
@Injectable()
export class ReplaceCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartRepository,
  ) {}

  /** Throws ProductNotFound for the first product that is not for sale. Whatever is thrown, the cart stays as it was. */
  async execute(customerId: string, wanted: readonly CartLine[]): Promise<PricedCart> {
    const lines = joinLines(wanted);
    requireWithinLimits(lines);
    const plain = await this.database.alone((tx) => this.carts.replacePlainly(tx, customerId, lines));
    return plain ? priceCart(plain.cart, plain.lines) : this.replace(customerId, lines);
  }

  /** The longer way, for a cart that something stands against: it says what. */
  private replace(customerId: string, lines: readonly CartLine[]): Promise<PricedCart> {
    return this.database.transaction(async (tx) => {
      const seen = await this.carts.replace(tx, customerId, lines);
      requireForSale(lines, seen.lines);
      requireOneCurrency(seen.lines);
      if (!seen.isLatest) await this.carts.replaceLines(tx, seen.cart, lines);
      return priceCart(seen.cart, seen.lines);
    });
  }
}
