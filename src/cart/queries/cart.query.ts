import { Injectable } from '@nestjs/common';
import { Database, sql, type Tx } from '../../platform/database/index.js';
import { type Cart, cartIdOf, type PricedLine } from '../domain/cart.js';
import { priceCart, type PricedCart } from '../domain/priced-cart.js';

/** A cart without lines is one row that has nothing but its version. */
type CartRow = { readonly version: number } & (PricedLine | { readonly productId: null });

const COLUMNS = `l.product_id, l.quantity, p.sku, p.title, p.unit_price, p.currency, p.active,
  coalesce(s.on_hand - s.reserved, 0) AS available`;
const PRODUCTS = `LEFT JOIN products p ON p.id = l.product_id LEFT JOIN stock_levels s ON s.product_id = l.product_id`;

/** A cart with live prices and stock. */
@Injectable()
export class CartQuery {
  constructor(private readonly database: Database) {}

  /** The customer's cart. One that was never filled is empty and has version 0: reading writes nothing. */
  async find(customerId: string): Promise<PricedCart> {
    const id = cartIdOf(customerId);
    const rows = await this.database.read<CartRow>(
      `SELECT c.version, ${COLUMNS} FROM carts c LEFT JOIN cart_lines l ON l.cart_id = c.id ${PRODUCTS}
       WHERE c.id = $1 ORDER BY l."position"`,
      [id],
    );
    const lines = rows.filter((row) => row.productId !== null);
    return priceCart({ id, version: rows[0]?.version ?? 0 }, lines);
  }

  /** The lines of a cart that the running transaction holds locked. */
  findLines(tx: Tx, cart: Cart): Promise<PricedLine[]> {
    return sql<PricedLine>(
      tx,
      `SELECT ${COLUMNS} FROM cart_lines l ${PRODUCTS} WHERE l.cart_id = $1 ORDER BY l."position"`,
      [cart.id],
    );
  }
}
