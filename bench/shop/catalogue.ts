import type { BenchServices } from './services.js';

const PRICES = 40;

/** Product ids of the benchmark: of the right form, and easily made in SQL. */
export function productIds(count: number): string[] {
  return Array.from({ length: count }, (_, place) => `prod_${String(place + 1).padStart(26, '0')}`);
}

/** Puts `count` products with `onHand` units each into a migrated database. */
export function seedCatalogue(
  services: Pick<BenchServices, 'execute'>,
  database: string,
  count: number,
  onHand: number,
): Promise<void> {
  const ids = `SELECT n, 'prod_' || lpad(n::text, 26, '0') AS id FROM generate_series(1, ${count}) n`;
  return services.execute(
    database,
    `INSERT INTO products (id, sku, title, unit_price, currency)
     SELECT id, 'SKU-' || n, 'Product number ' || n, 1000 + 25 * (n % ${PRICES}), 'usd' FROM (${ids}) new`,
    `INSERT INTO stock_levels (product_id, on_hand) SELECT id, ${onHand} FROM (${ids}) new`,
    `INSERT INTO stock_movements (id, product_id, delta, kind, cause)
     SELECT 'mov_' || lpad(n::text, 26, '0'), id, ${onHand}, 'count', 'count:' || id FROM (${ids}) new`,
    'VACUUM ANALYZE products, stock_levels, stock_movements',
  );
}
