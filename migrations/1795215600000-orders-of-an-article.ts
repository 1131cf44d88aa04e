import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Orders are searched by the sku of a line. In a shop with a million of them an article has thousands, whose times and totals
 * are now found in indexes alone. Whoever has that many should expect some seconds without purchases while they are made.
 */
export class OrdersOfAnArticle1795215600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX order_items_sku_idx;
CREATE INDEX order_items_sku_idx ON order_items (sku, order_id);
CREATE INDEX orders_places_idx ON orders (id, created_at, total_amount);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
DROP INDEX orders_places_idx, order_items_sku_idx;
CREATE INDEX order_items_sku_idx ON order_items (sku);`);
  }
}
