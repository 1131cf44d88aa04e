import { Injectable } from '@nestjs/common';
import { newId } from '../../kernel/id.js';
import { type Fragment, type Question, sql, textArray, type Tx } from '../../platform/database/index.js';
import type { StockLevel } from '../domain/stock-level.js';
import type { MovementKind } from '../domain/stock-movement.js';
import { type Announcement, changeStock } from './stock-change.js';

export interface Restocking {
  /** One cause restocks a product once. */
  readonly cause: string;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
}

export interface NewMovement {
  readonly productId: string;
  readonly delta: number;
  readonly kind: MovementKind;
  readonly reason: string | null;
}

/** The locks on stock, and the ledger. Rows are locked by ascending product id, wherever stock is locked. */
@Injectable()
export class StockRepository {
  /** FOR UPDATE on the levels of these products. A product that never had stock has no row. */
  lockLevels(tx: Tx, productIds: readonly string[]): Promise<StockLevel[]> {
    const { text, parameters } = this.askLevels(textArray(productIds));
    return sql<StockLevel>(tx, `${text} FOR UPDATE`, [...parameters]);
  }

  /** How these levels are at this moment, without a lock; `productIds` is an expression of a `text[]`. */
  askLevels(productIds: Fragment): Question<StockLevel> {
    return {
      text: `SELECT product_id, on_hand, reserved FROM stock_levels WHERE product_id = ANY(${productIds.text})
             ORDER BY product_id`,
      parameters: productIds.parameters,
    };
  }

  /** A product among these ids that does not exist, or that was archived. */
  async findMissing(tx: Tx, productIds: readonly string[]): Promise<string | undefined> {
    const [missing] = await sql<{ id: string }>(
      tx,
      `SELECT id FROM unnest($1::text[]) AS asked (id)
       WHERE NOT EXISTS (SELECT FROM products WHERE products.id = asked.id AND archived_at IS NULL) ORDER BY id LIMIT 1`,
      [productIds],
    );
    return missing?.id;
  }

  /** The locked level of one product, made now where it never had stock. Answers nothing where there is no such product. */
  async lockOrOpenLevel(tx: Tx, productId: string): Promise<StockLevel | undefined> {
    await sql(
      tx,
      `INSERT INTO stock_levels (product_id) SELECT id FROM products WHERE id = $1 ON CONFLICT (product_id) DO NOTHING`,
      [productId],
    );
    const [level] = await this.lockLevels(tx, [productId]);
    return level;
  }

  /**
   * Brings units back into locked levels, with one movement for each product that this cause has not moved yet. Answers which
   * those are.
   */
  async restock(tx: Tx, { cause, lines }: Restocking, { traceId, lowStockThreshold }: Announcement): Promise<string[]> {
    const moved = await sql<{ productId: string }>(
      tx,
      `WITH given AS (
         SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
           AS given (id, product_id, quantity, changed_id, low_id)
       ), movement AS (
         INSERT INTO stock_movements (id, product_id, delta, kind, cause)
         SELECT id, product_id, quantity, 'restock', $1 FROM given
         ON CONFLICT ON CONSTRAINT stock_movements_cause_product_key DO NOTHING RETURNING id
       ), line AS (
         SELECT product_id, quantity AS on_hand_delta, 0 AS reserved_delta, changed_id, low_id
         FROM given WHERE id IN (SELECT id FROM movement)
       ), ${changeStock({ kind: `'restock'`, cause: '$1', traceId: '$7', threshold: '$8' })}
       SELECT product_id FROM moved`,
      [
        cause,
        lines.map(() => newId('mov')),
        lines.map((line) => line.productId),
        lines.map((line) => line.quantity),
        lines.map(() => newId('evt')),
        lines.map(() => newId('evt')),
        ...[traceId, lowStockThreshold],
      ],
    );
    return moved.map(({ productId }) => productId);
  }

  /** Writes a line into the ledger and changes the locked level with it. The movement is its own cause. */
  async move(
    tx: Tx,
    { productId, delta, kind, reason }: NewMovement,
    { traceId, lowStockThreshold }: Announcement,
  ): Promise<StockLevel> {
    const id = newId('mov');
    const [level] = await sql<StockLevel>(
      tx,
      `WITH movement AS (
         INSERT INTO stock_movements (id, product_id, delta, kind, cause, reason) VALUES ($1, $2, $3, $4, $5, $6)
       ), line AS (
         SELECT $2::text AS product_id, $3::bigint AS on_hand_delta, 0 AS reserved_delta, $7::text AS changed_id,
           $8::text AS low_id
       ), ${changeStock({ kind: '$4', cause: 'NULL', traceId: '$9', threshold: '$10' })}
       SELECT product_id, on_hand, reserved FROM moved`,
      [
        ...[id, productId, delta, kind, `${kind}:${id}`, reason],
        ...[newId('evt'), newId('evt'), traceId, lowStockThreshold],
      ],
    );
    if (!level) throw new Error(`product ${productId} has no stock level to move`);
    return level;
  }
}
