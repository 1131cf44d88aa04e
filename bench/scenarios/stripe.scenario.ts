import type { Summary } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import { startSandbox } from '../shop/sandbox.js';
import type { Variant } from '../shop/variant.js';
import { secondsUntilNone } from '../shop/wait-for-none.js';
import { contestant, inTurn, warmUp } from './in-turn.js';
import type { Scenario } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const BUSIEST = 32;
const SETTLE_SECONDS = 60;
const UNHEARD = "SELECT 1 FROM webhook_events WHERE status IN ('received', 'deferred') LIMIT 1";

/** Two requests, and Stripe asked in the second one; its webhooks come beside them and are applied by the worker. */
export const stripe: Scenario = {
  summary: 'the same flow paid by card at checkout, through the Stripe sandbox and with its webhooks',
  quick: true,
  run: async (context) => {
    const { bench, quick } = context;
    const { services, secrets, folder } = bench;
    const sandbox = await startSandbox(folder);
    let holdfast: Variant | undefined;
    try {
      const config = sandbox.config;
      const shop = await startHoldfast({ services, secrets, folder, database: 'stripe', config });
      holdfast = { ...shop, processes: { ...shop.processes, sandbox: [sandbox.pid] } };
      await sandbox.tell(shop.ports[0] ?? 0);
      await seedCatalogue(services, shop.database, PRODUCTS.length, UNITS);
      const cart = { products: PRODUCTS, lines: 2, hotProduct: null };
      const contestants = [contestant(context, holdfast, { cart, provider: 'stripe' })];
      const rows: Record<string, Summary> = {};
      await warmUp(context, contestants, BUSIEST);
      for (const connections of quick ? [BUSIEST] : [BUSIEST, 8, 1]) {
        Object.assign(rows, await inTurn(context, contestants, { connections, seconds: quick ? 4 : 8 }));
      }
      const behind = await secondsUntilNone(services.databaseUrl(shop.database), UNHEARD, SETTLE_SECONDS);
      return {
        rows,
        targets: [
          { name: 'until the last webhook was applied', value: behind, limit: { atMost: SETTLE_SECONDS }, unit: 's' },
        ],
        broken: await auditAll(services, [holdfast]),
      };
    } finally {
      await holdfast?.stop();
      await sandbox.stop();
    }
  },
};
