import { Injectable } from '@nestjs/common';
import type { CartId } from '../kernel/id.js';
import type { Tx } from '../platform/database/index.js';
import type { CartLine } from './domain/cart.js';
import { CartRepository } from './persistence/cart.repository.js';

/** A cart as it was when a checkout took it. */
export interface TakenCart {
  readonly cartId: CartId;
  /** The version that was checked out: together with the id it names this content once and for all. */
  readonly version: number;
  readonly lines: readonly CartLine[];
}

/** What a checkout may do with carts in its own transaction. */
@Injectable()
export class CartFacade {
  constructor(private readonly carts: CartRepository) {}

  /**
   * Locks the customer's cart, answers it as it was, in line order, and leaves it empty with its version raised. Answers
   * nothing, and changes nothing, where it is empty already.
   */
  async takeForCheckout(tx: Tx, customerId: string): Promise<TakenCart | undefined> {
    const seen = await this.carts.take(tx, customerId);
    if (!seen) return undefined;
    const { cart, isLatest } = seen;
    // What the first statement did not see of a cart that it had to wait for, the second one takes: it is locked by then.
    const lines = isLatest ? seen.lines : [...seen.lines, ...(await this.carts.takeLines(tx, cart))];
    return lines.length === 0 ? undefined : { cartId: cart.id, version: cart.version, lines };
  }

  /** Locks the customer's cart, where there is one, for a transaction that goes on to lock an order. */
  async lock(tx: Tx, customerId: string): Promise<void> {
    await this.carts.lock(tx, customerId);
  }

  /** Puts the lines of a failed checkout back, if the cart is still empty; products archived meanwhile are passed over. */
  async restore(tx: Tx, customerId: string, lines: readonly CartLine[]): Promise<void> {
    const [cart] = await this.carts.lock(tx, customerId);
    if (cart) await this.carts.restore(tx, cart, lines);
  }
}
