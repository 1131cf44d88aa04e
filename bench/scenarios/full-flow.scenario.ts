import { type Measurement, summarise, type Summary } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { startBareLimit } from '../shop/bare-limit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import type { Variant } from '../shop/variant.js';
import type { Scenario, ScenarioContext, Target } from './scenario.js';

const PRODUCTS = 1_000;
const UNITS = 1_000_000_000;
const BUSIEST = 32;
const ROUNDS = 2;

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
      const rows: Record<string, Summary> = {};
      for (const variant of [holdfast, limit]) await stretch(context, variant, BUSIEST, 5);
      for (const connections of [BUSIEST, 8, 1]) {
        const seconds = secondsOf(connections, quick);
        Object.assign(rows, await inTurn(context, [holdfast, limit], { connections, seconds }));
      }
      return { rows, targets: targetsOf(rows), broken: await auditAll(services, [holdfast, limit]) };
    } finally {
      await Promise.all([holdfast.stop(), limit.stop()]);
    }
  },
};

function secondsOf(connections: number, quick: boolean): number {
  if (!quick) return 20;
  return connections === BUSIEST ? 8 : 4;
}

/** A B A B, so that what the machine does beside hits both. */
async function inTurn(
  context: ScenarioContext,
  variants: readonly Variant[],
  { connections, seconds }: { connections: number; seconds: number },
): Promise<Record<string, Summary>> {
  const measured = new Map<string, Measurement[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const variant of variants) {
      const measurement = await stretch(context, variant, connections, seconds);
      measured.set(variant.name, [...(measured.get(variant.name) ?? []), measurement]);
    }
  }
  return Object.fromEntries([...measured].map(([name, list]) => [`${name} ${connections}`, summarise(list)]));
}

async function stretch(
  context: ScenarioContext,
  variant: Variant,
  connections: number,
  seconds: number,
): Promise<Measurement> {
  const cart = { products: productIds(PRODUCTS), lines: 2, hotProduct: null };
  const measurement = await context.bench.measure(variant, { connections, seconds, cart });
  const { orders, seconds: took } = measurement.load;
  context.say(`${variant.name}, ${connections} connections: ${(orders / took).toFixed(1)} orders/s`);
  return measurement;
}

function targetsOf(rows: Readonly<Record<string, Summary>>): Target[] {
  const ours = rows[`holdfast ${BUSIEST}`];
  const limit = rows[`limit ${BUSIEST}`];
  if (!ours || !limit) return [];
  return [
    {
      name: "orders/s of the bare limit's at 32 connections",
      value: (100 * ours.ordersPerSecond) / limit.ordersPerSecond,
      limit: { atLeast: 50 },
      unit: '%',
    },
    {
      name: 'CPU per order, as a multiple of the bare limit',
      value: ours.serversMs / limit.serversMs,
      limit: { atMost: 2 },
      unit: '',
    },
    { name: 'CPU per order over all server processes', value: ours.serversMs, limit: { atMost: 5 }, unit: 'ms' },
    { name: 'memory of the API at 32 connections', value: ours.apiMib, limit: { atMost: 200 }, unit: 'MiB' },
  ];
}
