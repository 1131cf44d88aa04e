import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../platform/database/index.js';
import { type CartLine, emptyCartOf } from '../domain/cart.js';
import { type PricedCart, priceCart } from '../domain/priced-cart.js';
import { CartRepository } from '../persistence/cart.repository.js';
import { CartQuery } from '../queries/cart.query.js';
import { PutCartLine } from './put-cart-line.js';

/** Sets how many units of a product the cart has; 0 takes it out, and is fine where it is not in. */
@Injectable()
export class SetCartItem {
  constructor(
    private readonly database: Database,
    private readonly carts: CartRepository,
    private readonly query: CartQuery,
    private readonly line: PutCartLine,
  ) {}

  execute(customerId: string, { productId, quantity }: CartLine): Promise<PricedCart> {
    return this.database.transaction((tx) =>
      quantity === 0
        ? this.remove(tx, customerId, productId)
        : this.line.put(tx, customerId, productId, () => quantity),
    );
  }

  private async remove(tx: Tx, customerId: string, productId: string): Promise<PricedCart> {
    const [cart] = await this.carts.lock(tx, customerId);
    if (!cart) return priceCart(emptyCartOf(customerId), []);
    const changed = await this.carts.remove(tx, cart, productId);
    return priceCart(changed, await this.query.findLines(tx, changed));
  }
}
