import type { TestApi } from './api.js';

/** Tables and which of their rows belong to an order, `$1`. */
export type Belonging = Readonly<Record<string, string>>;

/** What every change of an order may write. */
export const OF_ORDER: Belonging = {
  orders: 'id = $1',
  shipments: 'order_id = $1',
  reservations: 'order_id = $1',
  audit_entries: 'order_id = $1',
  outbox_events: `aggregate_id = $1 OR aggregate_id IN (SELECT id FROM reservations WHERE order_id = $1)
    OR aggregate_id IN (SELECT product_id FROM order_items WHERE order_id = $1)`,
  stock_levels: 'product_id IN (SELECT product_id FROM order_items WHERE order_id = $1)',
};

/**
 * All rows about an order, with a name in place of each id and without what no two orders can share: times and numbers. Of two
 * orders that went through the same they are equal.
 */
export async function rowsAbout(
  api: TestApi,
  orderId: string,
  { names, tables = OF_ORDER }: { readonly names: Readonly<Record<string, string>>; readonly tables?: Belonging },
): Promise<Record<string, readonly string[]>> {
  const rows: Record<string, unknown> = {};
  for (const [table, condition] of Object.entries(tables)) {
    rows[table] = await api.database.query(`SELECT t.* FROM ${table} t WHERE ${condition}`, [orderId]);
  }
  const told = Object.entries({ [orderId]: 'the order', ...names }).reduce(
    (text, [id, name]) => text.replaceAll(id, name),
    JSON.stringify(rows),
  );
  const bare = told
    .replaceAll(/[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}/g, 'an id')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}/g, 'a trace')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replaceAll(/customer_[0-9a-f]+/g, 'the buyer')
    .replaceAll(/(\\?"number\\?":)\d+/g, '$1 0')
    .replaceAll(/"position":"?\d+"?/g, '"position":null');
  const parsed: Record<string, unknown[]> = JSON.parse(bare);
  return Object.fromEntries(
    Object.entries(parsed).map(([table, list]) => [table, list.map((row) => JSON.stringify(row)).sort()]),
  );
}
