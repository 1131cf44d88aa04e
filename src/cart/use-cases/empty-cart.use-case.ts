import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { emptyCartOf } from '../domain/cart.js';
import { type PricedCart, priceCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';

/** Takes everything out of a cart. */
@Injectable()
export class EmptyCart {
  constructor(
    private readonly database: Database,
    private readonly carts: CartRepository,
  ) {}

  execute(customerId: string): Promise<PricedCart> {
    return this.database.transaction(async (tx) => {
      const [cart] = await this.carts.lock(tx, customerId);
      if (!cart) return priceCart(emptyCartOf(customerId), []);
      return priceCart(await this.carts.empty(tx, cart), []);
    });
  }
}
