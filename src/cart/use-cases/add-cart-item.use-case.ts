import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import type { CartLine } from '../domain/cart.js';
import { quantityOf } from '../domain/cart-lines.js';
import type { PricedCart } from '../domain/priced-cart.js';
import { PutCartLine } from './put-cart-line.js';

/** Adds units of a product to what the cart has of it. */
@Injectable()
export class AddCartItem {
  constructor(
    private readonly database: Database,
    private readonly line: PutCartLine,
  ) {}

  execute(customerId: string, wanted: CartLine): Promise<PricedCart> {
    return this.database.transaction((tx) =>
      this.line.put(tx, customerId, wanted.productId, (held) => quantityOf(held, wanted.productId) + wanted.quantity),
    );
  }
}
