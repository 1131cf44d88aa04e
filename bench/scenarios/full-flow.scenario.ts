import { ratioOf, type Summary } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { startBareLimit } from '../shop/bare-limit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import { hasPgbench, runPgbench } from '../shop/pgbench.js';
import type { Variant } from '../shop/variant.js';
import { type Contestant, contestant, inTurn, warmUp } from './in-turn.js';
import type { Scenario, ScenarioContext, Target } from './scenario.js';

const PRODUCTS = 1_000;
const UNITS = 1_000_000_000;
const BUSIEST = 32;

/** Cart, checkout and payment of many buyers on many products, beside the bare limit in turn. */
export const fullFlow: Scenario = {
  summary: 'cart, checkout and payment on many products, at 1, 8 and 32 connections, beside the bare limit',
  quick: true,
  run: async (context) => {
    const { bench, quick } = context;
    const { services, secrets, folder } = bench;
    const holdfast = await startHoldfast({ services, secrets, folder, database: 'flow' });
    const limit = await startBareLimit(services, secrets, folder, 'flow_limit');
    try {
      for (const { database } of [holdfast, limit]) await seedCatalogue(services, database, PRODUCTS, UNITS);
      const cart = { products: productIds(PRODUCTS), lines: 2, hotProduct: null };
      const servers = [holdfast, limit].map((variant) => contestant(context, variant, { cart }));
      const driver = await pgbenchOn(context, limit);
      const rows: Record<string, Summary> = {};
      await warmUp(context, servers, BUSIEST);
      for (const connections of [BUSIEST, 8, 1]) {
        // At 32 connections alone: a third one on the same two cores takes its time from the quick run.
        const all = connections === BUSIEST ? [...servers, ...driver] : servers;
        Object.assign(rows, await inTurn(context, all, { connections, seconds: secondsOf(connections, quick) }));
      }
      const broken = await auditAll(services, [holdfast, limit]);
      return { rows, targets: targetsOf(rows), broken, notes: driver.length === 0 ? WITHOUT_PGBENCH : {} };
    } finally {
      await Promise.all([holdfast.stop(), limit.stop()]);
    }
  },
};

const WITHOUT_PGBENCH = {
  pgbench: 'not on the PATH, so there is no row of it (Debian: apt-get install postgresql-contrib)',
};

function secondsOf(connections: number, quick: boolean): number {
  if (!quick) return 8;
  return connections === BUSIEST ? 4 : 2;
}

/** The same statements without a server in front, on the database of the bare limit; none where pgbench is not there. */
async function pgbenchOn({ bench }: ScenarioContext, limit: Variant): Promise<Contestant[]> {
  if (!(await hasPgbench())) return [];
  const variant: Variant = { ...limit, name: 'pgbench', processes: {} };
  const plan = {
    databaseUrl: bench.services.databaseUrl(limit.database),
    products: PRODUCTS,
    folder: bench.folder,
  };
  return [{ name: 'pgbench', measure: (stretch) => bench.account(variant, () => runPgbench({ ...plan, ...stretch })) }];
}

function targetsOf(rows: Readonly<Record<string, Summary>>): Target[] {
  const ours = rows[`holdfast ${BUSIEST}`];
  const limit = rows[`limit ${BUSIEST}`];
  if (!ours || !limit) return [];
  return [
    {
      name: "orders/s of the bare limit's at 32 connections",
      value: 100 * ratioOf(ours, limit, 'ordersPerSecond'),
      limit: { atLeast: 50 },
      unit: '%',
    },
    {
      name: 'CPU per order, as a multiple of the bare limit',
      value: ratioOf(ours, limit, 'serversMs'),
      limit: { atMost: 2 },
      unit: '',
    },
    { name: 'CPU per order over all server processes', value: ours.serversMs, limit: { atMost: 5 }, unit: 'ms' },
    {
      name: 'statements of the API for the three requests, its share of NOTIFY included',
      value: ours.statements['holdfast'] ?? NaN,
      limit: { atMost: 16 },
      unit: '',
    },
    { name: 'memory of the API at 32 connections', value: ours.apiMb, limit: { atMost: 200 }, unit: 'MB' },
  ];
}
