import { summarise } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import type { Scenario } from './scenario.js';

const BUYERS = 500;
const UNITS = 100;
const LIMIT_SECONDS = 60;
const SOLD_OUT = '409 order_insufficient_stock';

/** As many buyers at once as connections; each tries once. */
export const sellOut: Scenario = {
  summary: `${BUYERS} buyers at ${BUYERS} connections for the ${UNITS} units that there are`,
  quick: true,
  run: async ({ bench, say }) => {
    const { services, secrets, folder } = bench;
    const holdfast = await startHoldfast({ services, secrets, folder, database: 'sell_out' });
    try {
      await seedCatalogue(services, holdfast.database, 1, UNITS);
      const measurement = await bench.measure(holdfast, {
        connections: BUYERS,
        orders: BUYERS,
        seconds: LIMIT_SECONDS,
        customersPerConnection: 1,
        cart: { products: productIds(1), lines: 1, hotProduct: null },
        expectedRefusals: [SOLD_OUT],
      });
      const { orders, refusals, seconds } = measurement.load;
      say(`${orders} orders and ${refusals[SOLD_OUT] ?? 0} refusals in ${seconds.toFixed(1)} s`);
      const [stock] = await services.query<{ left: number; sold: number }>(
        holdfast.database,
        `SELECT on_hand::integer AS left, (SELECT count(*)::integer FROM orders WHERE status = 'paid') AS sold
         FROM stock_levels`,
      );
      return {
        rows: { 'sell-out': summarise([measurement]) },
        targets: [
          { name: 'units sold', value: stock?.sold ?? NaN, limit: { exactly: UNITS }, unit: '' },
          { name: 'units left on the shelf', value: stock?.left ?? NaN, limit: { exactly: 0 }, unit: '' },
          {
            name: 'buyers who were told that it is sold out',
            value: refusals[SOLD_OUT] ?? 0,
            limit: { exactly: BUYERS - UNITS },
            unit: '',
          },
        ],
        broken: await auditAll(services, [holdfast]),
      };
    } finally {
      await holdfast.stop();
    }
  },
};
