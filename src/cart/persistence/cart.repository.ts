import { Injectable } from '@nestjs/common';
import type { CartId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import { type Cart, cartIdOf, type CartLine } from '../domain/cart.js';

/** Units on hand that nobody has reserved, by product id. */
export type AvailableStock = ReadonlyMap<string, number>;

interface PutLine {
  readonly productId: string;
  readonly available: number;
}

const PUT = `INSERT INTO cart_lines (cart_id, product_id, quantity)
  SELECT $1, wanted.product_id, wanted.quantity
  FROM unnest($2::text[], $3::integer[]) WITH ORDINALITY AS wanted(product_id, quantity, place) ORDER BY wanted.place
  ON CONFLICT ON CONSTRAINT cart_lines_pkey DO UPDATE SET quantity = EXCLUDED.quantity`;

const PUT_WITH_STOCK = `SELECT put.product_id, coalesce(s.on_hand - s.reserved, 0) AS available
  FROM put LEFT JOIN stock_levels s ON s.product_id = put.product_id`;

/**
 * The SQL of carts. Locks: the cart's row, before any other row of the house; two carts in ascending id order. Lines are
 * written under that lock, so they need none of their own.
 */
@Injectable()
export class CartRepository {
  /**
   * Locks the customer's cart for a change that raises its version; the first change makes the row. Of several first
   * changes at the same time one makes it and the others find it, which needs every other unique key of the table to be
   * deferrable: an immediate one is checked while the insert can still back out, and refuses it.
   */
  async lockForChange(tx: Tx, customerId: string): Promise<Cart> {
    const id = cartIdOf(customerId);
    const [cart] = await sql<Cart>(
      tx,
      `INSERT INTO carts (id, customer_id) VALUES ($1, $2)
       ON CONFLICT ON CONSTRAINT carts_pkey DO UPDATE SET version = carts.version + 1, updated_at = now()
         WHERE carts.customer_id = EXCLUDED.customer_id
       RETURNING id, version`,
      [id, customerId],
    );
    if (!cart) throw new Error(`cart ${id} belongs to another customer`);
    return cart;
  }

  /** Locks the carts that exist among these customers', in ascending id order. */
  lock(tx: Tx, ...customerIds: string[]): Promise<Cart[]> {
    return sql<Cart>(tx, 'SELECT id, version FROM carts WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
      customerIds.map(cartIdOf),
    ]);
  }

  /** Puts lines in, in place of what the locked cart has of their products, and answers the stock of these. */
  async put(tx: Tx, cart: Cart, lines: readonly CartLine[]): Promise<AvailableStock> {
    const rows = await sql<PutLine>(
      tx,
      `WITH put AS (${PUT} RETURNING product_id) ${PUT_WITH_STOCK}`,
      columns(cart, lines),
    );
    return stockOf(rows);
  }

  /** Makes these the only lines of the locked cart, in this order, and answers the stock of their products. */
  async replace(tx: Tx, cart: Cart, lines: readonly CartLine[]): Promise<AvailableStock> {
    const rows = await sql<PutLine>(
      tx,
      `WITH gone AS (DELETE FROM cart_lines WHERE cart_id = $1 AND product_id <> ALL($2::text[])),
            put AS (${PUT}, "position" = EXCLUDED."position" RETURNING product_id)
       ${PUT_WITH_STOCK}`,
      columns(cart, lines),
    );
    return stockOf(rows);
  }

  /** Takes out one product. Raises the version of the locked cart if that changed it. */
  async remove(tx: Tx, cart: Cart, productId: string): Promise<Cart> {
    const [raised] = await sql<Cart>(
      tx,
      `WITH gone AS (DELETE FROM cart_lines WHERE cart_id = $1 AND product_id = $2 RETURNING product_id)
       UPDATE carts SET version = version + 1, updated_at = now() WHERE id = $1 AND EXISTS (SELECT FROM gone)
       RETURNING id, version`,
      [cart.id, productId],
    );
    return raised ?? cart;
  }

  /** Empties the locked cart and answers it. Raises its version if there were lines. */
  async empty(tx: Tx, cart: Cart): Promise<Cart> {
    const lines = await this.takeLines(tx, cart);
    return lines.length === 0 ? cart : { ...cart, version: cart.version + 1 };
  }

  /** Empties the locked cart and answers the lines that it had, in their order. Raises its version if there were any. */
  takeLines(tx: Tx, cart: Cart): Promise<CartLine[]> {
    return sql<CartLine>(
      tx,
      `WITH gone AS (DELETE FROM cart_lines WHERE cart_id = $1 RETURNING product_id, quantity, "position"),
            raised AS (UPDATE carts SET version = version + 1, updated_at = now()
                       WHERE id = $1 AND EXISTS (SELECT FROM gone))
       SELECT product_id, quantity FROM gone ORDER BY "position"`,
      [cart.id],
    );
  }

  /** Puts lines back and raises the version, if the locked cart is empty. Archived products are passed over. */
  async restore(tx: Tx, cart: Cart, lines: readonly CartLine[]): Promise<void> {
    await sql(
      tx,
      `WITH put AS (
         INSERT INTO cart_lines (cart_id, product_id, quantity)
         SELECT $1, p.id, wanted.quantity
         FROM unnest($2::text[], $3::integer[]) WITH ORDINALITY AS wanted(product_id, quantity, place)
         JOIN products p ON p.id = wanted.product_id AND p.archived_at IS NULL
         WHERE NOT EXISTS (SELECT FROM cart_lines WHERE cart_id = $1)
         ORDER BY wanted.place RETURNING product_id)
       UPDATE carts SET version = version + 1, updated_at = now() WHERE id = $1 AND EXISTS (SELECT FROM put)`,
      columns(cart, lines),
    );
  }
}

function columns(cart: Cart, lines: readonly CartLine[]): [CartId, string[], number[]] {
  return [cart.id, lines.map(({ productId }) => productId), lines.map(({ quantity }) => quantity)];
}

function stockOf(rows: readonly PutLine[]): AvailableStock {
  return new Map(rows.map(({ productId, available }) => [productId, available]));
}
