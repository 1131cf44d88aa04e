import { seededRandom, shuffled } from '../../sandbox/seeded-random.js';
import { intentEvent, nowSeconds, signatureOf, type StripeEvent } from '../support/inbox.js';
import { eventually } from '../support/poll.js';
import { US_ADDRESS } from '../support/shop.js';
import type { Answer } from './caller.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';

export const webhookOrder = {
  summary: 'the events of one paid intent in all 24 orders, with true and swapped times, once, twice and shuffled',
  defaults: { orders: 144, concurrency: 8 },
  durable: false,
  run,
};

/** In the order in which they happen. */
const KINDS = ['created', 'processing', 'payment_failed', 'succeeded'] as const;
type Kind = (typeof KINDS)[number];

/** Event times that say the same, and times that say that the money came before the decline. */
const TIMES: Readonly<Record<string, readonly Kind[]>> = {
  'true times': KINDS,
  'swapped times': ['created', 'processing', 'succeeded', 'payment_failed'],
};
const DELIVERIES = ['once', 'twice', 'shuffled'] as const;

const WORKED_ON_WITHIN_MS = 30_000;
const SETTLED_WITHIN_MS = 60_000;

interface Case {
  readonly arrival: readonly Kind[];
  readonly times: string;
  readonly delivery: (typeof DELIVERIES)[number];
}

/** `orders` is how many of the 144 cases are tried; fewer are a sample that the seed chooses. */
export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  // Nobody but the webhooks may find out that an intent was paid.
  const config = { RECONCILE_AFTER_SECONDS: '3600', RECONCILE_INTERVAL_SECONDS: '3600' };
  return inShop(context, options, config, async (shop) => {
    const random = seededRandom(options.seed);
    const cases = shuffled(allCases(), random).slice(0, options.orders);
    const product = await shop.product({ unitPrice: 1_900, onHand: cases.length });
    const orderIds = await forEachAtOnce(cases.length, options.concurrency, (index) =>
      play(shop, product.id, cases[index], random),
    );
    await checkInTheEnd(shop, SETTLED_WITHIN_MS);
    await checkPaid(shop, cases, orderIds);
  });
}

function allCases(): Case[] {
  return permutations(KINDS).flatMap((arrival) =>
    Object.keys(TIMES).flatMap((times) => DELIVERIES.map((delivery) => ({ arrival, times, delivery }))),
  );
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

/** The buyer is declined once and then pays; Stripe tells of it in the order of the case. Answers the order's id. */
async function play(
  shop: CampaignShop,
  productId: string,
  each: Case | undefined,
  random: () => number,
): Promise<string> {
  if (!each) throw new Error('there are fewer cases than orders');
  const { body } = await checkOut(shop, productId);
  const secret = body.payment?.client_secret ?? '';
  const confirmed = [
    await shop.stripe.confirmAsClient(secret, 'pm_card_chargeDeclined'),
    await shop.stripe.confirmAsClient(secret, 'pm_card_visa'),
  ];
  if (confirmed.join() !== '402,200') throw new Error(`the sandbox answers ${confirmed.join()} to a client`);
  const intent = await shop.stripe.intent(secret.split('_secret_')[0] ?? '');
  const now = nowSeconds();
  const events = each.arrival.map((kind) => intentEvent(intent, kind, now + (TIMES[each.times] ?? []).indexOf(kind)));
  await deliver(shop, each, events, random);
  await eventually(() => requireWorkedOn(shop, events), { withinMs: WORKED_ON_WITHIN_MS });
  shop.tally.count(`cases delivered ${each.delivery}`);
  return body.id ?? '';
}

async function checkOut(shop: CampaignShop, productId: string): Promise<Answer> {
  const buyer = shop.customer();
  await buyer.ask({ method: 'PUT', path: '/v1/cart', body: { items: [{ product_id: productId, quantity: 1 }] } });
  const body = { shipping_address: US_ADDRESS };
  return buyer.ask({ method: 'POST', path: '/v1/orders/checkout', body, key: 'order' });
}

/** Waiting after each event makes the order of arrival the order of work; shuffled ones are worked on side by side. */
async function deliver(
  shop: CampaignShop,
  { delivery }: Case,
  events: readonly StripeEvent[],
  random: () => number,
): Promise<void> {
  if (delivery === 'shuffled') {
    await Promise.all(shuffled([...events, ...events], random).map((event) => post(shop, event)));
    return;
  }
  for (const event of events) {
    await post(shop, event);
    if (delivery === 'twice') await post(shop, event);
    await eventually(() => requireWorkedOn(shop, [event]), { withinMs: WORKED_ON_WITHIN_MS });
  }
}

async function post({ system, webhookSecret, tally }: CampaignShop, event: StripeEvent): Promise<void> {
  const body = JSON.stringify(event);
  const answer = await fetch(`${system.url}/v1/webhooks/stripe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signatureOf(body, webhookSecret) },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  tally.count(text.includes('duplicate') ? 'duplicates acknowledged' : 'events received');
  if (answer.status !== 200) tally.violate('each event is acknowledged', { event: event.type, text });
}

async function requireWorkedOn({ rows }: CampaignShop, events: readonly StripeEvent[]): Promise<void> {
  const ids = events.map(({ id }) => id);
  const done = await rows.query(
    `SELECT id FROM webhook_events WHERE provider_event_id = ANY($1) AND status = 'processed'`,
    [ids],
  );
  if (done.length < ids.length) throw new Error(`${done.length} of ${ids.length} events are worked on`);
}

async function checkPaid({ rows, tally }: CampaignShop, cases: readonly Case[], ids: readonly string[]): Promise<void> {
  const orders = await rows.query<{ id: string; status: string; payment_status: string; payments: number }>(
    `SELECT id, status, payment_status,
            (SELECT count(*) FROM audit_entries a WHERE a.order_id = o.id AND event_type = 'order_paid') AS payments
     FROM orders o`,
  );
  tally.check(
    'each order is paid, once, whatever came first',
    ids.flatMap((id, index) => {
      const order = orders.find((candidate) => candidate.id === id);
      const right = order?.status === 'paid' && order.payment_status === 'paid' && order.payments === 1;
      return right ? [] : [{ ...cases[index], order }];
    }),
  );
}
