import { type Measurement, summarise, type Summary } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import { seedOpenOrders } from '../shop/open-orders.js';
import { startSandbox } from '../shop/sandbox.js';
import type { Variant } from '../shop/variant.js';
import { secondsUntilNone } from '../shop/wait-for-none.js';
import { applyWebhooks, expireAll, refundAll, UNAPPLIED, type Work, type WorkPlace } from './background-work.js';
import type { Scenario, ScenarioContext, Target } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
/** Of the buyers who go on buying meanwhile. */
const CONNECTIONS = 8;
const LONGEST_SECONDS = 180;
const CART = { products: PRODUCTS, lines: 2, hotProduct: null };

/** What comes in heaps, while buyers go on buying: both the heap and the buyers have to get on. */
export const background: Scenario = {
  summary: '10 000 reservations that end at once, 10 000 webhooks at once and 1 000 refunds, beside buyers',
  quick: false,
  run: async (context) => {
    const { services, secrets, folder } = context.bench;
    const sandbox = await startSandbox(folder);
    let shop: Variant | undefined;
    try {
      const config = sandbox.config;
      const started = await startHoldfast({ services, secrets, folder, database: 'background', config });
      shop = { ...started, processes: { ...started.processes, sandbox: [sandbox.pid] } };
      await sandbox.tell(shop.ports[0] ?? 0);
      await fill(context, shop);
      const { rows, targets } = await besideBuyers(context, shop);
      return { rows, targets, broken: await auditAll(services, [shop]) };
    } finally {
      await shop?.stop();
      await sandbox.stop();
    }
  },
};

/** A tenth of everything where time is short, which says whether it works and not whether it is fast enough. */
function heaps(quick: boolean) {
  return quick ? { orders: 1_000, refunds: 100 } : { orders: 10_000, refunds: 1_000 };
}

async function fill({ bench, quick, say }: ScenarioContext, shop: Variant): Promise<void> {
  const { orders, refunds } = heaps(quick);
  await seedCatalogue(bench.services, shop.database, PRODUCTS.length, UNITS);
  await seedOpenOrders(bench.services, shop.database, 'manual', orders);
  await seedOpenOrders(bench.services, shop.database, 'stripe', orders);
  await bench.services.execute(shop.database, 'CHECKPOINT');
  // What is to be refunded was really paid, at the sandbox: the refunds go there as well. It is not quiet before all that the
  // sandbox tells of it was worked on.
  const paid = { connections: 16, seconds: LONGEST_SECONDS, orders: refunds, cart: CART, provider: 'stripe' } as const;
  const { load } = await bench.measure(shop, paid);
  const waited = await secondsUntilNone(
    bench.services.databaseUrl(shop.database),
    `SELECT 1 WHERE EXISTS (${UNAPPLIED}) OR ${load.orders} >
       (SELECT count(*) FROM webhook_events WHERE type = 'payment_intent.succeeded')`,
    LONGEST_SECONDS,
  );
  if (waited === Infinity) throw new Error('what the sandbox tells of the orders paid by card was not worked off');
  say(`${2 * orders} open orders and ${load.orders} orders paid by card are there`);
}

/** Quiet, a heap, quiet, a heap, …: each is compared with what was before and after it. */
async function besideBuyers(
  context: ScenarioContext,
  shop: Variant,
): Promise<{ rows: Record<string, Summary>; targets: Target[] }> {
  const place: WorkPlace = { bench: context.bench, shop, ...heaps(context.quick) };
  const rows: Record<string, Summary> = {};
  const targets: Target[] = [];
  let before = await quiet(context, shop);
  rows['quiet'] = summarise([before]);
  for (const work of [expireAll, applyWebhooks, refundAll]) {
    const done = await beside(context, work, place);
    const after = await quiet(context, shop);
    const usual = summarise([before, after]);
    rows[done.name] = summarise([done.load]);
    targets.push(...done.targets, {
      name: `${done.name}: orders/s of the buyers, of those in quiet times`,
      value: (100 * (rows[done.name]?.ordersPerSecond ?? NaN)) / usual.ordersPerSecond,
      limit: { atLeast: 50 },
      unit: '%',
    });
    before = after;
  }
  return { rows, targets };
}

function quiet({ bench, quick }: ScenarioContext, shop: Variant): Promise<Measurement> {
  return bench.measure(shop, { connections: CONNECTIONS, seconds: quick ? 3 : 10, cart: CART });
}

/** Buyers buy for as long as the work takes. */
async function beside(
  { bench, say }: ScenarioContext,
  work: Work,
  place: WorkPlace,
): Promise<{ name: string; load: Measurement; targets: readonly Target[] }> {
  const working = work(place);
  const plan = { connections: CONNECTIONS, seconds: LONGEST_SECONDS, cart: CART };
  const [{ name, targets }, load] = await Promise.all([working, bench.measure(place.shop, plan, working)]);
  say(`${name}: ${targets.map((target) => `${target.value.toFixed(1)} ${target.unit}`).join(', ')}`);
  return { name, load, targets };
}
