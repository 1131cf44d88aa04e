import { Redis } from 'ioredis';
import { requireTestRedis } from '../support/guards.js';
import { eventually } from '../support/poll.js';
import { US_ADDRESS } from '../support/shop.js';
import type { Caller, Request } from './caller.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';

export const expiry = {
  summary: 'holds of 2 s that nobody pays: back 4 s after they were made, or 15 s where Redis is emptied meanwhile',
  defaults: { orders: 100, concurrency: 16 },
  durable: false,
  run,
};

const TTL_SECONDS = 2;
const SETTLED_WITHIN_MS = 30_000;
const FLUSH_EVERY = 10;

interface Variant {
  readonly name: string;
  readonly backWithinSeconds: number;
  readonly losesRedis: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'with Redis', backWithinSeconds: 4, losesRedis: false },
  { name: 'with Redis emptied', backWithinSeconds: 15, losesRedis: true },
];

/** The sweep runs as seldom as in production: with it alone a hold could not be back in time while Redis is there. */
const CONFIG = { RESERVATION_TTL_SECONDS: String(TTL_SECONDS), SWEEP_INTERVAL_SECONDS: '5' };

/** `orders` is how many holds each variant makes. */
export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  return inShop(context, options, CONFIG, async (shop) => {
    const redis = new Redis(requireTestRedis(context.redisUrl), { maxRetriesPerRequest: 3, connectTimeout: 5_000 });
    try {
      for (const variant of VARIANTS) await letExpire(shop, redis, options, variant);
      const keys = await redis.keys('reservation:*');
      shop.tally.check('no key of a hold outlives it', keys);
    } finally {
      redis.disconnect();
    }
    await checkInTheEnd(shop, SETTLED_WITHIN_MS);
  });
}

async function letExpire(
  shop: CampaignShop,
  redis: Redis,
  { orders, concurrency }: CampaignOptions,
  variant: Variant,
): Promise<void> {
  const { tally } = shop;
  const product = await shop.product({ unitPrice: 700, onHand: orders });
  await forEachAtOnce(orders, concurrency, async (index) => {
    await hold(shop, product.id, index);
    tally.count(`holds ${variant.name}`);
    const flushes = variant.losesRedis && (index % FLUSH_EVERY === 0 || index === orders - 1);
    if (flushes) await redis.flushdb();
  });
  await waitUntilBack(shop, product.id, variant);
  await checkPunctual(shop, product.id, variant);
}

/** In turns an order that nobody pays, one whose intent is open at Stripe, and a hold of another service. */
async function hold(shop: CampaignShop, productId: string, index: number): Promise<void> {
  const items = [{ product_id: productId, quantity: 1 }];
  const buyer = shop.customer();
  const kinds: (() => Promise<void>)[] = [
    () => make(shop, buyer, { method: 'POST', path: '/v1/orders', body: { items }, key: 'hold' }),
    async () => {
      await buyer.ask({ method: 'PUT', path: '/v1/cart', body: { items } });
      const body = { shipping_address: US_ADDRESS };
      await make(shop, buyer, { method: 'POST', path: '/v1/orders/checkout', body, key: 'hold' });
    },
    () => {
      const body = { reference: buyer.id, items, ttl_seconds: TTL_SECONDS };
      return make(shop, shop.internal(), { method: 'POST', path: '/v1/inventory/reservations', body });
    },
  ];
  await kinds[index % kinds.length]?.();
}

async function make({ tally }: CampaignShop, caller: Caller, request: Request): Promise<void> {
  const answer = await caller.ask(request);
  if (answer.status !== 201) tally.violate('every hold is made', { request, answer });
}

async function waitUntilBack({ rows, tally }: CampaignShop, productId: string, variant: Variant): Promise<void> {
  await eventually(
    async () => {
      const [level] = await rows.query<{ on_hand: number; reserved: number }>(
        'SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1',
        [productId],
      );
      if (level?.reserved !== 0) throw new Error(`${level?.reserved ?? '?'} are still reserved`);
    },
    // Long enough to see how late it is in the end; the limit is checked with the clock of the database.
    { withinMs: 2 * variant.backWithinSeconds * 1_000, everyMs: 50 },
  ).catch((error: unknown) => tally.violate(`all stock is back ${variant.name}`, String(error)));
}

async function checkPunctual({ rows, tally }: CampaignShop, productId: string, variant: Variant): Promise<void> {
  const { name, backWithinSeconds } = variant;
  const held = await rows.query<{ id: string; status: string; order_id: string | null; seconds: number | null }>(
    `SELECT r.id, r.status, r.order_id, extract(epoch FROM r.settled_at - r.created_at)::float8 AS seconds
     FROM reservations r JOIN reservation_lines l ON l.reservation_id = r.id WHERE l.product_id = $1`,
    [productId],
  );
  const slowest = Math.max(...held.map(({ seconds }) => seconds ?? Number.POSITIVE_INFINITY));
  tally.set(`ms until the slowest was back ${name}`, Math.round(slowest * 1_000));
  tally.check(
    `each hold is back ${backWithinSeconds} s after it was made, ${name}`,
    held.filter(({ seconds }) => seconds === null || seconds > backWithinSeconds),
  );
  tally.check(
    `no hold ends before its time, ${name}`,
    held.filter(({ seconds }) => seconds !== null && seconds < TTL_SECONDS),
  );
  const stock = await rows.query('SELECT product_id, on_hand, reserved FROM stock_levels WHERE product_id = $1', [
    productId,
  ]);
  tally.check(
    `stock is as before, ${name}`,
    stock.filter(({ on_hand: onHand, reserved }) => onHand !== held.length || reserved !== 0),
  );
}
