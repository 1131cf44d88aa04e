import { seededRandom } from '../../sandbox/seeded-random.js';
import { eventually } from '../support/poll.js';
import type { TestProcess } from '../support/processes.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { CrashVisit, type Told, type Visited } from './crash-visit.js';
import { checkInTheEnd } from './final-checks.js';

export const crash = {
  summary: 'kill -9 of the API and the worker under load: nothing lost, nothing twice, all settled 60 s later',
  defaults: { orders: 2_400, kills: 100, concurrency: 16 },
  durable: true,
  run,
};

/** Hundreds of clients may be waiting for an answer; asking every second, they would keep the API from giving any. */
const REPEAT_EVERY_MS = 2_500;
const SETTLED_WITHIN_MS = 60_000;
/** A kill that waits for answers strikes all the same after this time: all clients may be waiting for their answers. */
const KILL_LIMIT_MS = 5_000;

/** Short times, so that expiry and reconciling happen in the middle of it all. */
const CONFIG = {
  RESERVATION_TTL_SECONDS: '30',
  RECONCILE_AFTER_SECONDS: '10',
  RECONCILE_INTERVAL_SECONDS: '5',
};

/** Stripe takes its time with half of the calls, so that kills meet some between the call and its answer. */
const SLOW_STRIPE = { kind: 'delay', delay_ms: 150, times: 'always', probability: 0.5, match: { path: '/v1/' } };

const VICTIMS = ['api', 'worker', 'both'] as const;

/**
 * `orders` is how many customers try to order once. Between two kills an even part of them begins; those whom a kill cuts
 * off go on beside the next ones.
 */
export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  return inShop(context, { ...options, repeatEveryMs: REPEAT_EVERY_MS }, CONFIG, async (shop) => {
    const random = seededRandom(options.seed);
    const products = await stock(shop, options.orders);
    await shop.stripe.sendWebhooks(`${shop.system.url}/v1/webhooks/stripe`, shop.webhookSecret);
    await shop.stripe.arm({ ...SLOW_STRIPE, seed: options.seed });
    const visits: Promise<Visited>[] = [];
    for (let kill = 1; kill <= options.kills; kill += 1) {
      const begun = visits.length;
      const upTo = Math.ceil((options.orders * kill) / options.kills);
      for (let visit = begun; visit < upTo; visit += 1) {
        visits.push(new CrashVisit(shop, products, options.seed + visit).execute());
      }
      // Each visit brings an answer at least: the kill comes before they are all there.
      await strike(shop, 1 + Math.floor(random() * (upTo - begun)), random());
    }
    const restartedAt = Date.now();
    const visited = await Promise.all(visits);
    shop.tally.set('ms from the last restart until every client had his answer', Date.now() - restartedAt);
    await checkInTheEnd(shop, restartedAt + SETTLED_WITHIN_MS - Date.now());
    await checkTold(
      shop,
      visited.flatMap(({ told }) => told),
    );
    for (const { plan } of visited) shop.tally.count(`customers: ${plan}`);
  });
}

/** Plenty of three things and not quite enough of the fourth: some are refused it, and what others give up is sold. */
async function stock(shop: CampaignShop, orders: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const onHand of [orders * 5, orders * 5, orders * 5, Math.ceil(orders * 0.45)]) {
    ids.push((await shop.product({ unitPrice: 1_000 + ids.length * 250, onHand })).id);
  }
  return ids;
}

/** `lot` in [0, 1) says whom it meets: in three of eight cases the API, in three the worker, in two both at once. */
async function strike({ system, tally }: CampaignShop, afterAnswers: number, lot: number): Promise<void> {
  const strikesAt = tally.of('answers') + afterAnswers;
  const victim = VICTIMS[Math.floor((lot * 8) / 3)] ?? 'both';
  const victims: readonly TestProcess[] =
    victim === 'both' ? [system.api, system.worker] : [victim === 'api' ? system.api : system.worker];
  await eventually(
    () => {
      if (tally.of('answers') < strikesAt) throw new Error('not yet');
    },
    { withinMs: KILL_LIMIT_MS, everyMs: 1 },
  ).catch(() => undefined);
  await Promise.all(victims.map((process) => process.kill9()));
  tally.count('kills');
  tally.count(`kills of ${victim}`);
  await Promise.all(victims.map((process) => process.start()));
}

/** What a client was told is true, whatever happened after it. */
async function checkTold({ rows, tally }: CampaignShop, told: readonly Told[]): Promise<void> {
  const twice = await rows.query('SELECT customer_id, count(*) FROM orders GROUP BY 1 HAVING count(*) > 1');
  tally.check('one order for each customer, however often he asked', twice);
  const orders = await rows.query<{ id: string; status: string; paid: boolean }>(
    `SELECT id, status, EXISTS (SELECT FROM audit_entries a WHERE a.order_id = o.id AND event_type = 'order_paid') AS paid
     FROM orders o`,
  );
  const byId = new Map(orders.map((order) => [order.id, order]));
  tally.check(
    'no order is lost that a client was told of',
    told.filter(({ orderId }) => !byId.has(orderId)),
  );
  tally.check(
    'no paid order is lost that a client was told of',
    told.filter(({ orderId, paid }) => paid && byId.get(orderId)?.paid === false),
  );
  const [taken] = await rows.query<{ over: number }>('SELECT count(*) AS over FROM idempotency_keys WHERE fence > 1');
  tally.set('requests that a repeat took over', taken?.over ?? 0);
  tally.set('orders', orders.length);
  for (const { status } of orders) tally.count(`orders ${status}`);
}
