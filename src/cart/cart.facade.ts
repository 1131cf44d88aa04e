import { Injectable } from '@nestjs/common';
import type { Fragment, Question, Tx } from '../platform/database/index.js';
import type { Cart, CartLine } from './domain/cart.js';
import { CartRepository } from './persistence/cart.repository.js';

/** What a checkout may do with carts in its own transaction. */
@Injectable()
export class CartFacade {
  constructor(private readonly carts: CartRepository) {}

  /**
   * Locks the customer's cart, where there is one, before whatever else the transaction locks. Together with its id the
   * version names its content once and for all.
   */
  async lock(tx: Tx, customerId: string): Promise<Cart | undefined> {
    const [cart] = await this.carts.lock(tx, customerId);
    return cart;
  }

  /** What a cart has, in its order. To be asked after {@link lock}. */
  askLines(customerId: string): Question<CartLine> {
    return this.carts.askLines(customerId);
  }

  /** The ids of the products that a cart has, for other questions that go with {@link askLines}. */
  productIds(customerId: string): Fragment {
    return this.carts.productIds(customerId);
  }

  /** Empties the locked cart and raises its version. */
  empty(tx: Tx, cart: Cart): Promise<void> {
    return this.carts.emptyLater(tx, cart);
  }

  /** Puts the lines of a failed checkout back, if the cart is still empty; products archived meanwhile are passed over. */
  async restore(tx: Tx, customerId: string, lines: readonly CartLine[]): Promise<void> {
    const [cart] = await this.carts.lock(tx, customerId);
    if (cart) await this.carts.restore(tx, cart, lines);
  }
}
