import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import type { CartLine } from '../domain/cart.js';
import { joinLines, requireOneCurrency, requireWithinLimits } from '../domain/cart-lines.js';
import { type PricedCart, priceCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';
import { ProductsForSale } from './products-for-sale.js';

/** Makes the wanted lines the whole cart. Storefronts send it on every click, so it takes three statements, not more. */
@Injectable()
export class ReplaceCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartRepository,
    private readonly products: ProductsForSale,
  ) {}

  async execute(customerId: string, wanted: readonly CartLine[]): Promise<PricedCart> {
    const lines = joinLines(wanted);
    requireWithinLimits(lines);
    return this.database.transaction(async (tx) => {
      const products = await this.products.getAll(
        tx,
        lines.map(({ productId }) => productId),
      );
      requireOneCurrency(products);
      const cart = await this.carts.lockForChange(tx, customerId);
      const stock = await this.carts.replace(tx, cart, lines);
      const priced = products.map((product, place) => ({
        ...product,
        productId: product.id,
        quantity: lines[place]?.quantity ?? 0,
        available: stock.get(product.id) ?? 0,
      }));
      return priceCart(cart, priced);
    });
  }
}
