import { summarise } from '../measure/measurement.js';
import { watchMemory } from '../measure/memory-watch.js';
import { medianOf } from '../measure/percentile.js';
import { lastHalf, type Sample, slopeOf } from '../measure/trend.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import type { Finding, Scenario, Target } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const CONNECTIONS = 32;
const SECONDS = 600;
const QUICK_SECONDS = 60;

/** Whether the memory of the API stays where it is while orders go through it for long. */
export const soak: Scenario = {
  summary: `the full flow at ${CONNECTIONS} connections for ${SECONDS / 60} minutes (--quick: ${QUICK_SECONDS} s): whether memory is flat`,
  quick: false,
  run: async ({ bench, quick, say }) => {
    const { services, secrets, folder } = bench;
    const holdfast = await startHoldfast({ services, secrets, folder, database: 'soak' });
    try {
      await seedCatalogue(services, holdfast.database, PRODUCTS.length, UNITS);
      const seconds = quick ? QUICK_SECONDS : SECONDS;
      const cart = { products: PRODUCTS, lines: 2, hotProduct: null };
      const plan = { connections: CONNECTIONS, seconds, cart };
      const pid = holdfast.processes.api?.[0] ?? 0;
      const { result, megabytes } = await watchMemory(pid, () => bench.measure(holdfast, plan));
      say(`${result.load.orders} orders in ${result.load.seconds.toFixed(0)} s`);
      return {
        rows: { [`holdfast ${CONNECTIONS}`]: summarise([result]) },
        ...judge(megabytes, result.load.orders / result.load.seconds, quick),
        broken: await auditAll(services, [holdfast]),
      };
    } finally {
      await holdfast.stop();
    }
  },
};

/**
 * Flat: over the second half of the time the trend of the resident memory adds at most 5 % to its median. What stays of each
 * order is told beside it, for a leak shows there first. A minute is too short to tell a leak from a heap that is still
 * growing to its size, so that the short run only says what it saw.
 */
function judge(
  megabytes: readonly Sample[],
  ordersPerSecond: number,
  quick: boolean,
): Omit<Finding, 'rows' | 'broken'> {
  const half = lastHalf(megabytes);
  const slope = slopeOf(half);
  const lasted = (half.at(-1)?.seconds ?? 0) - (half[0]?.seconds ?? 0);
  const growth = (100 * slope * lasted) / medianOf(half.map(({ value }) => value));
  const largest = Math.max(...megabytes.map(({ value }) => value));
  const flat: Target[] = [
    { name: 'growth of memory over the second half', value: growth, limit: { atMost: 5 }, unit: '%' },
  ];
  return {
    targets: [
      { name: 'largest memory of the API', value: largest, limit: { atMost: 200 }, unit: 'MB' },
      ...(quick ? [] : flat),
    ],
    notes: {
      'growth over the second half, %': growth.toFixed(2),
      'bytes an order over the second half': Math.round((slope * 1e6) / ordersPerSecond),
      'memory each tenth of the time, MB': tenths(megabytes),
    },
  };
}

function tenths(samples: readonly Sample[]): string {
  const place = (tenth: number): number => Math.round((tenth * (samples.length - 1)) / 10);
  return Array.from({ length: 11 }, (_, tenth) => (samples[place(tenth)]?.value ?? NaN).toFixed(0)).join(' ');
}
