import { ratioOf } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import type { Variant } from '../shop/variant.js';
import { contestant, inTurn, warmUp } from './in-turn.js';
import type { Scenario } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const CONNECTIONS = 32;

/** Two of each process beside one of each, on the same PostgreSQL and Redis. */
export const processes: Scenario = {
  summary: `two API processes and two workers beside one of each, at ${CONNECTIONS} connections`,
  quick: false,
  run: async (context) => {
    const { services, secrets, folder } = context.bench;
    const shops: Variant[] = [];
    try {
      for (const [database, count] of [
        ['single', 1],
        ['double', 2],
      ] as const) {
        const name = `${count} + ${count}`;
        shops.push(await startHoldfast({ services, secrets, folder, database, name, processes: count }));
        await seedCatalogue(services, database, PRODUCTS.length, UNITS);
      }
      const cart = { products: PRODUCTS, lines: 2, hotProduct: null };
      const contestants = shops.map((shop) => contestant(context, shop, { cart }));
      await warmUp(context, contestants, CONNECTIONS);
      const rows = await inTurn(context, contestants, { connections: CONNECTIONS, seconds: context.quick ? 4 : 8 });
      const [one, two] = shops.map(({ name }) => rows[`${name} ${CONNECTIONS}`]);
      return {
        rows,
        // No target: on a machine whose cores are all busy with one of each, a second one can add nothing.
        targets: [],
        notes: { 'orders/s of two, of those of one, %': (100 * ratioOf(two, one, 'ordersPerSecond')).toFixed(1) },
        broken: await auditAll(services, shops),
      };
    } finally {
      await Promise.all(shops.map((shop) => shop.stop()));
    }
  },
};
