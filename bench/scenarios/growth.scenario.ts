import { type Reader, readInTurn, type ReadLimits } from '../load/read-in-turn.js';
import { ratioOf, type Summary } from '../measure/measurement.js';
import { spreadOf } from '../measure/percentile.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { growOrders } from '../shop/grown-orders.js';
import { startHoldfast } from '../shop/holdfast.js';
import { authorizationOf } from '../shop/tokens.js';
import type { Variant } from '../shop/variant.js';
import { type PickedOrder, readsOf } from './growth-lists.js';
import { contestant, inTurn, warmUp } from './in-turn.js';
import type { Scenario, ScenarioContext, Target } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const CONNECTIONS = 32;
const PICKED = 200;

/**
 * Shops that differ in their past alone, side by side, so that a noisy minute hits all of them. Writing their past takes too
 * long for the quick run; in short (`--quick --scenario growth`) there is none of a million.
 */
export const growth: Scenario = {
  summary:
    'cost per order, order history and admin list with 10 thousand, 100 thousand and 1 million orders in the tables',
  quick: false,
  run: async (context) => {
    const { bench, quick } = context;
    const sizes = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
    const shops: Variant[] = [];
    try {
      for (const size of sizes) shops.push(await openShop(context, size));
      const targets = await readAll(
        context,
        shops,
        quick ? { turns: 100, msEach: 500 } : { turns: 800, msEach: 20_000 },
      );
      const cart = { products: PRODUCTS, lines: 2, hotProduct: null };
      const contestants = shops.map((shop) => contestant(context, shop, { cart }));
      await warmUp(context, contestants, CONNECTIONS);
      const rows = await inTurn(context, contestants, { connections: CONNECTIONS, seconds: quick ? 4 : 8 });
      return {
        rows,
        targets: [...costTargets(rows, shops), ...targets],
        broken: await auditAll(bench.services, shops),
      };
    } finally {
      await Promise.all(shops.map((shop) => shop.stop()));
    }
  },
};

async function openShop({ bench, say }: ScenarioContext, size: number): Promise<Variant> {
  const { services, secrets, folder } = bench;
  const database = `grown_${size}`;
  const shop = await startHoldfast({ services, secrets, folder, database, name: `${size} orders` });
  await seedCatalogue(services, database, PRODUCTS.length, UNITS);
  const begun = performance.now();
  await growOrders(services.databaseUrl(database), size);
  // What was written in bulk goes to the disk now, and not while something is measured.
  await services.execute(database, 'CHECKPOINT');
  say(`${size} orders are there after ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
  return shop;
}

/** CPU per order beside that in the smallest shop. */
function costTargets(rows: Readonly<Record<string, Summary>>, shops: readonly Variant[]): Target[] {
  const rowOf = (shop: Variant | undefined): Summary | undefined => rows[`${shop?.name ?? ''} ${CONNECTIONS}`];
  const [smallest, ...larger] = shops;
  return larger.map((shop) => ({
    name: `CPU per order with ${shop.name}, of that with ${smallest?.name ?? ''}`,
    value: 100 * ratioOf(rowOf(shop), rowOf(smallest), 'serversMs'),
    limit: { atMost: 115 },
    unit: '%',
  }));
}

/** The 99th percentile of each read in the largest shop, beside that in the smallest. */
async function readAll(context: ScenarioContext, shops: readonly Variant[], limits: ReadLimits): Promise<Target[]> {
  const { bench } = context;
  const reads = readsOf(await authorizationOf('admin', 'admin', bench.secrets));
  const names = Object.keys(reads);
  const readers = await Promise.all(shops.map((shop) => readerOf(context, shop, reads)));
  await readInTurn(readers, names, { turns: 5, msEach: 0 });
  const times = await readInTurn(readers, names, limits);
  return [...times].map(([name, lists]) => {
    const spreads = lists.map(spreadOf);
    const shown = (percentile: 'p50' | 'p99'): string => spreads.map((one) => one[percentile].toFixed(1)).join(' → ');
    return {
      name: `${name}: p99 in the largest shop, of that in the smallest`,
      value: (spreads.at(-1)?.p99 ?? NaN) / (spreads[0]?.p99 ?? NaN),
      limit: { atMost: 2 },
      unit: '',
      detail: `p50 ${shown('p50')} ms, p99 ${shown('p99')} ms`,
    };
  });
}

async function readerOf({ bench }: ScenarioContext, shop: Variant, reads: ReturnType<typeof readsOf>): Promise<Reader> {
  const rows = await bench.services.query<Omit<PickedOrder, 'authorization'>>(
    shop.database,
    `SELECT o.id, o.number::text AS number, o.customer_id, o.email, o.created_at,
       (SELECT i.sku FROM order_items i WHERE i.order_id = o.id LIMIT 1) AS sku
     FROM (SELECT * FROM orders ORDER BY random() LIMIT ${PICKED}) o`,
  );
  const orders = await Promise.all(
    rows.map(async (row): Promise<PickedOrder> => ({
      ...row,
      authorization: await authorizationOf(row.customer_id, 'customer', bench.secrets),
    })),
  );
  return {
    port: shop.ports[0] ?? 0,
    request: (name, turn) => {
      const [order, read] = [orders[turn % orders.length], reads[name]];
      if (!order || !read) throw new Error(`nothing to read for ${name}`);
      return read(order);
    },
  };
}
