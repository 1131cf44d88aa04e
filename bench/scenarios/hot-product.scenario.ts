import { ratioOf, type Summary } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import { contestant, inTurn, warmUp } from './in-turn.js';
import type { Scenario, Target } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const CONNECTIONS = 32;

/** Everybody buys one product and another one of his own choice: buyers should not queue behind each other's commits. */
export const hotProduct: Scenario = {
  summary: 'all buyers on one product with enough stock, beside buyers on many products, at 32 connections',
  quick: true,
  run: async (context) => {
    const { services, secrets, folder } = context.bench;
    const holdfast = await startHoldfast({ services, secrets, folder, database: 'hot' });
    try {
      await seedCatalogue(services, holdfast.database, PRODUCTS.length, UNITS);
      const contestants = [null, PRODUCTS[0] ?? ''].map((hot) =>
        contestant(context, holdfast, {
          name: hot === null ? 'spread' : 'hot',
          cart: { products: PRODUCTS, lines: 2, hotProduct: hot },
        }),
      );
      await warmUp(context, contestants, CONNECTIONS);
      const rows = await inTurn(context, contestants, { connections: CONNECTIONS, seconds: context.quick ? 4 : 8 });
      return { rows, targets: targetsOf(rows), broken: await auditAll(services, [holdfast]) };
    } finally {
      await holdfast.stop();
    }
  },
};

function targetsOf(rows: Readonly<Record<string, Summary>>): Target[] {
  const [spread, hot] = ['spread', 'hot'].map((name) => rows[`${name} ${CONNECTIONS}`]);
  return [
    {
      name: 'orders/s on one product, of those spread out',
      value: 100 * ratioOf(hot, spread, 'ordersPerSecond'),
      limit: { atLeast: 70 },
      unit: '%',
    },
  ];
}
