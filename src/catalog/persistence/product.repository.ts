import { Injectable } from '@nestjs/common';
import type { ProductId } from '../../kernel/id.js';
import { type Fragment, type Question, sql, type Tx, violatesUnique } from '../../platform/database/index.js';
import { SkuTaken } from '../domain/catalog.errors.js';
import type { Product, ProductDraft } from '../domain/product.js';

export interface NewProduct extends ProductDraft {
  readonly id: ProductId;
}

const COLUMNS = 'id, sku, title, description, unit_price, currency, active, archived_at, created_at, updated_at';

/** The SQL of products and the lock on one of them. */
@Injectable()
export class ProductRepository {
  /** Throws SkuTaken, after which the transaction can only be rolled back. */
  async insert(tx: Tx, product: NewProduct): Promise<void> {
    await refusingTakenSku(
      product,
      sql(
        tx,
        `INSERT INTO products (id, sku, title, description, unit_price, currency, active)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        valuesOf(product),
      ),
    );
  }

  async lock(tx: Tx, id: ProductId): Promise<Product | undefined> {
    const [product] = await sql<Product>(tx, `SELECT ${COLUMNS} FROM products WHERE id = $1 FOR NO KEY UPDATE`, [id]);
    return product;
  }

  /** Saves a product that this transaction holds locked. Throws SkuTaken like {@link insert}. */
  async update(tx: Tx, product: Product): Promise<void> {
    await refusingTakenSku(
      product,
      sql(
        tx,
        `UPDATE products SET sku = $2, title = $3, description = $4, unit_price = $5, currency = $6, active = $7,
           archived_at = $8, updated_at = now() WHERE id = $1`,
        [...valuesOf(product), product.archivedAt],
      ),
    );
  }

  /** Takes a product off sale for good and answers whether there is such a product; a repeat changes nothing. */
  async archive(tx: Tx, id: ProductId): Promise<boolean> {
    const rows = await sql(
      tx,
      `UPDATE products SET active = false, archived_at = coalesce(archived_at, now()),
         updated_at = CASE WHEN archived_at IS NULL THEN now() ELSE updated_at END
       WHERE id = $1 RETURNING id`,
      [id],
    );
    return rows.length === 1;
  }

  find(tx: Tx, ids: readonly string[]): Promise<Product[]> {
    return sql<Product>(tx, `SELECT ${COLUMNS} FROM products WHERE id = ANY($1) ORDER BY id`, [ids]);
  }

  ask(ids: Fragment): Question<Pick<Product, 'id' | 'sku' | 'title' | 'unitPrice' | 'currency' | 'active'>> {
    return {
      text: `SELECT id, sku, title, unit_price, currency, active FROM products WHERE id = ANY(${ids.text}) ORDER BY id`,
      parameters: ids.parameters,
    };
  }

  /** Inserts those whose sku no row has. Two of these at once insert each sku once: the second waits for the first. */
  insertUnknown(tx: Tx, products: readonly NewProduct[]): Promise<Pick<Product, 'id' | 'sku'>[]> {
    return sql(
      tx,
      `INSERT INTO products (id, sku, title, description, unit_price, currency, active)
       SELECT new.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::boolean[])
         AS new (id, sku, title, description, unit_price, currency, active)
       WHERE NOT EXISTS (SELECT FROM products known WHERE known.sku = new.sku)
       ON CONFLICT (sku) WHERE archived_at IS NULL DO NOTHING RETURNING id, sku`,
      columnsOf(products),
    );
  }
}

function valuesOf({ id, sku, title, description, unitPrice, currency, active }: NewProduct): unknown[] {
  return [id, sku, title, description, unitPrice, currency, active];
}

/** The values of several products, one array a column. */
function columnsOf(products: readonly NewProduct[]): unknown[][] {
  const rows = products.map(valuesOf);
  return Array.from({ length: 7 }, (_, column) => rows.map((row) => row[column]));
}

async function refusingTakenSku<T>(product: NewProduct, statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    if (violatesUnique(error, 'products_sku_key')) throw new SkuTaken(product.sku);
    throw error;
  }
}
