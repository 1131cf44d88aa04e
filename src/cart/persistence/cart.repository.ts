import { Injectable } from '@nestjs/common';
import type { CartId } from '../../kernel/id.js';
import { type Fragment, isDivisionByZero, later, type Question, sql, type Tx } from '../../platform/database/index.js';
import { type Cart, cartIdOf, type CartLine, type PricedLine } from '../domain/cart.js';

/** Units on hand that nobody has reserved, by product id. */
export type AvailableStock = ReadonlyMap<string, number>;

/** A cart that a statement locked and changed at once, with the lines that it saw. */
export interface SeenCart<Line> {
  readonly cart: Cart;
  /** False where somebody changed the cart while the statement waited for it: it saw the lines from before. */
  readonly isLatest: boolean;
  readonly lines: readonly Line[];
}

interface PutLine {
  readonly productId: string;
  readonly available: number;
}

/** A line, or the cart alone where it has none. */
interface SeenRow extends Pick<Cart, 'version'> {
  readonly isLatest: boolean;
  readonly productId: string | null;
}

type ReplacedRow = SeenRow & Omit<PricedLine, 'productId'>;

const CHANGE = `INSERT INTO carts (id, customer_id) VALUES ($1, $2)
  ON CONFLICT ON CONSTRAINT carts_pkey DO UPDATE SET version = carts.version + 1, updated_at = now()
    WHERE carts.customer_id = EXCLUDED.customer_id
  RETURNING id, version`;

const REPLACE = `put AS (
    INSERT INTO cart_lines (cart_id, product_id, quantity)
    SELECT cart.id, wanted.product_id, wanted.quantity FROM cart, wanted JOIN products p ON p.id = wanted.product_id
    ORDER BY wanted.place
    ON CONFLICT ON CONSTRAINT cart_lines_pkey
      DO UPDATE SET quantity = EXCLUDED.quantity, "position" = EXCLUDED."position"
  ), gone AS (
    DELETE FROM cart_lines USING cart
    WHERE cart_id = cart.id AND product_id NOT IN (SELECT wanted.product_id FROM wanted)
  )`;

const IS_LATEST = 'cart.version = 1 + coalesce((SELECT seen.version FROM carts seen WHERE seen.id = $1), 0)';

/** Of the lines that were found: as many as were wanted, all for sale, in one currency. */
const IS_PLAIN = `count(line.product_id) OVER () = cardinality($3::text[]) AND coalesce(bool_and(line.active) OVER (), true)
    AND min(line.currency) OVER () IS NOT DISTINCT FROM max(line.currency) OVER ()`;

const WANTED = (products: string, quantities: string): string => `wanted AS (
    SELECT * FROM unnest(${products}::text[], ${quantities}::integer[]) WITH ORDINALITY
      AS wanted (product_id, quantity, place))`;

/** Makes the wanted lines the whole cart, and answers them with their products and the column `isLatest`. */
const replaceAnd = (isLatest: string): string =>
  `WITH ${WANTED('$3', '$4')}, cart AS (${CHANGE}), ${REPLACE}
   SELECT cart.version, ${isLatest}, line.*
   FROM cart LEFT JOIN (
     SELECT wanted.place, p.id AS product_id, wanted.quantity, p.sku, p.title, p.unit_price, p.currency, p.active,
       coalesce(s.on_hand - s.reserved, 0) AS available
     FROM wanted JOIN products p ON p.id = wanted.product_id LEFT JOIN stock_levels s ON s.product_id = p.id
   ) line ON true ORDER BY line.place`;

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
    const [cart] = await sql<Cart>(tx, CHANGE, [id, customerId]);
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
      `WITH put AS (
         INSERT INTO cart_lines (cart_id, product_id, quantity)
         SELECT $1, wanted.product_id, wanted.quantity
         FROM unnest($2::text[], $3::integer[]) WITH ORDINALITY AS wanted (product_id, quantity, place)
         ORDER BY wanted.place
         ON CONFLICT ON CONSTRAINT cart_lines_pkey DO UPDATE SET quantity = EXCLUDED.quantity RETURNING product_id)
       SELECT put.product_id, coalesce(s.on_hand - s.reserved, 0) AS available
       FROM put LEFT JOIN stock_levels s ON s.product_id = put.product_id`,
      columns(cart.id, lines),
    );
    return new Map(rows.map(({ productId, available }) => [productId, available]));
  }

  /**
   * Changes the customer's cart so that it has these lines alone, in this order, and answers them with their products; what
   * is no product is left out. Where the lines were not the latest, {@link replaceLines} has to follow.
   */
  async replace(tx: Tx, customerId: string, lines: readonly CartLine[]): Promise<SeenCart<PricedLine>> {
    const id = cartIdOf(customerId);
    const rows = await sql<ReplacedRow>(tx, replaceAnd(`${IS_LATEST} AS is_latest`), [
      id,
      customerId,
      ...listsOf(lines),
    ]);
    return seenCart(id, rows, withoutCart);
  }

  /**
   * The same where nothing stands against it, so that nothing is left to be decided afterwards: all lines are for sale, in one
   * currency, and were the latest. Otherwise it changes nothing and answers nothing.
   */
  async replacePlainly(
    tx: Tx,
    customerId: string,
    lines: readonly CartLine[],
  ): Promise<SeenCart<PricedLine> | undefined> {
    const id = cartIdOf(customerId);
    try {
      const plain = `1 / (${IS_LATEST} AND ${IS_PLAIN})::integer = 1 AS is_latest`;
      const rows = await sql<ReplacedRow>(tx, replaceAnd(plain), [id, customerId, ...listsOf(lines)]);
      return seenCart(id, rows, withoutCart);
    } catch (error) {
      if (isDivisionByZero(error)) return undefined;
      throw error;
    }
  }

  /** Gives the locked cart these lines alone, in this order. */
  async replaceLines(tx: Tx, cart: Cart, lines: readonly CartLine[]): Promise<void> {
    await sql(
      tx,
      `WITH ${WANTED('$2', '$3')}, cart AS (SELECT $1::text AS id), ${REPLACE} SELECT FROM cart`,
      columns(cart.id, lines),
    );
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

  /** The lines of a cart, in their order. */
  askLines(customerId: string): Question<CartLine> {
    return {
      text: 'SELECT product_id, quantity FROM cart_lines WHERE cart_id = $1 ORDER BY "position"',
      parameters: [cartIdOf(customerId)],
    };
  }

  productIds(customerId: string): Fragment {
    return {
      text: 'ARRAY(SELECT product_id FROM cart_lines WHERE cart_id = $1)',
      parameters: [cartIdOf(customerId)],
    };
  }

  /** The same as {@link empty}, of a cart that has lines. */
  emptyLater(tx: Tx, cart: Cart): Promise<void> {
    return later(tx, {
      name: 'cart',
      ctes: `taken_line AS (DELETE FROM cart_lines WHERE cart_id = $1),
        taken_cart AS (UPDATE carts SET version = version + 1, updated_at = now() WHERE id = $1)`,
      parameters: [cart.id],
    });
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
      columns(cart.id, lines),
    );
  }
}

function listsOf(lines: readonly CartLine[]): [string[], number[]] {
  return [lines.map(({ productId }) => productId), lines.map(({ quantity }) => quantity)];
}

function columns(cartId: CartId, lines: readonly CartLine[]): [CartId, string[], number[]] {
  return [cartId, ...listsOf(lines)];
}

function withoutCart({
  version: _version,
  isLatest: _seen,
  ...line
}: ReplacedRow & { readonly productId: string }): PricedLine {
  return line;
}

function seenCart<Row extends SeenRow, Line>(
  id: CartId,
  rows: readonly Row[],
  lineOf: (row: Row & { readonly productId: string }) => Line,
): SeenCart<Line> {
  const [first] = rows;
  if (!first) throw new Error(`cart ${id} belongs to another customer`);
  const lines = rows.filter((row): row is Row & { readonly productId: string } => row.productId !== null);
  return { cart: { id, version: first.version }, isLatest: first.isLatest, lines: lines.map(lineOf) };
}
