import { seededRandom } from '../../sandbox/seeded-random.js';
import { eventually } from '../support/poll.js';
import type { CampaignContext, CampaignOptions, CampaignReport } from './campaign.js';
import { type CampaignShop, inShop } from './campaign-shop.js';
import { FeedReader, type Receipts, StreamListener } from './event-consumer.js';
import { checkInTheEnd } from './final-checks.js';
import { forEachAtOnce } from './gate.js';
import { WebhookReceiver } from './webhook-receiver.js';

export const events = {
  summary: 'kill -9 of the worker every few seconds while orders are made: every consumer gets each event, in order',
  defaults: { orders: 10_000, kills: 40, concurrency: 16 },
  durable: true,
  run,
};

const SETTLED_WITHIN_MS = 60_000;
/** How long the campaign may take to bring about one more kill. */
const KILL_LIMIT_MS = 600_000;
const RECEIVED_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 100;
/** With this a lease of a delivery is 12 s long. */
const CONFIG = { WEBHOOK_TIMEOUT_MS: '2000' };

/**
 * Webhooks that failed wait for 5 s, then for minutes, then for hours. A lease that is nearly over belongs to a worker that
 * is dead, since no answer is waited for that long.
 */
const SKIP_PAUSES = `UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'
  AND (next_attempt_at > now() + interval '2 minutes'
    OR next_attempt_at BETWEEN now() + interval '1 second' AND now() + interval '7 seconds')`;
const SKIPS_EVERY = 5;
/** The listener hangs up after so many looks. */
const HANGS_UP_EVERY = 20;

export function run(context: CampaignContext, options: CampaignOptions): Promise<CampaignReport> {
  return inShop(context, options, CONFIG, async (shop) => {
    const receiver = await WebhookReceiver.start(seededRandom(options.seed + 1));
    try {
      await follow(shop, receiver, options);
    } finally {
      await receiver.stop();
    }
  });
}

async function follow(shop: CampaignShop, receiver: WebhookReceiver, options: CampaignOptions): Promise<void> {
  await registerEndpoint(shop, receiver);
  const product = await shop.product({ unitPrice: 1_000, onHand: options.orders });
  await makeOrder(shop, product.id, 'paid');
  const reader = new FeedReader(shop.admin());
  const listener = await listenFromTheBeginning(shop, reader);
  const done = new AbortController();
  const consuming = consume(shop, reader, listener, done.signal);
  await Promise.all([makeOrders(shop, product.id, options), killWorker(shop, options)]);
  await checkInTheEnd(shop, SETTLED_WITHIN_MS);
  const consumers = [reader.receipts, listener.receipts, receiver.receipts];
  await allReceived(shop, consumers);
  done.abort();
  await consuming;
  for (const receipts of consumers) await checkReceipts(shop, receipts);
  shop.tally.set('answers of the receiver that said no', receiver.failures);
  shop.tally.check('all that the receiver of webhooks got was signed', receiver.unsigned);
}

async function registerEndpoint(shop: CampaignShop, receiver: WebhookReceiver): Promise<void> {
  const body = { url: receiver.url };
  const answer = await shop.admin().ask({ method: 'POST', path: '/v1/admin/webhook-endpoints', body });
  const endpoint: { readonly secret: string } = JSON.parse(answer.text);
  receiver.secret = endpoint.secret;
}

type Fate = 'paid' | 'declined' | 'cancelled' | 'refunded' | 'fulfilled';

async function makeOrders(shop: CampaignShop, productId: string, options: CampaignOptions): Promise<void> {
  const random = seededRandom(options.seed);
  const fates: readonly Fate[] = ['paid', 'paid', 'paid', 'declined', 'cancelled', 'refunded', 'fulfilled'];
  await forEachAtOnce(options.orders - 1, Math.max(1, options.concurrency - 2), () =>
    makeOrder(shop, productId, fates[Math.floor(random() * fates.length)] ?? 'paid'),
  );
}

async function makeOrder(shop: CampaignShop, productId: string, fate: Fate): Promise<void> {
  const buyer = shop.customer();
  const payment = { declined: 'pm_card_chargeDeclined', cancelled: undefined };
  const method = fate in payment ? Reflect.get(payment, fate) : 'pm_card_visa';
  const body = { items: [{ product_id: productId, quantity: 1 }], payment_method: method };
  const { body: order } = await buyer.ask({ method: 'POST', path: '/v1/orders', body, key: `order-${buyer.id}` });
  shop.tally.count(`orders ${fate}`);
  if (fate === 'cancelled') {
    await buyer.ask({ method: 'POST', path: `/v1/orders/${order.id}/cancel`, body: {}, key: `cancel-${buyer.id}` });
  }
  const admin = { method: 'POST', path: `/v1/admin/orders/${order.id}`, key: `admin-${buyer.id}` } as const;
  if (fate === 'refunded') await shop.admin().ask({ ...admin, path: `${admin.path}/refunds`, body: { amount: 400 } });
  if (fate === 'fulfilled') await shop.admin().ask({ ...admin, path: `${admin.path}/fulfill`, body: {} });
  shop.tally.count('orders made');
}

/** Kills evenly over the orders, each time once the worker stands again. */
async function killWorker({ system, tally }: CampaignShop, { orders, kills }: CampaignOptions): Promise<void> {
  for (let kill = 1; kill <= kills; kill += 1) {
    const strikesAt = Math.floor((orders * kill) / (kills + 1));
    await eventually(
      () => {
        if (tally.of('orders made') < strikesAt) throw new Error('not yet');
      },
      { withinMs: KILL_LIMIT_MS, everyMs: 5 },
    );
    await system.worker.kill9();
    tally.count('kills');
    await system.worker.start();
  }
}

/** The stream tells what happens from now on, so that a listener who wants everything needs a first event. */
async function listenFromTheBeginning({ system }: CampaignShop, reader: FeedReader): Promise<StreamListener> {
  const [first] = await eventually(
    async () => {
      await reader.readOn();
      if (reader.receipts.events.length === 0) throw new Error('nothing was published yet');
      return reader.receipts.events;
    },
    { withinMs: RECEIVED_WITHIN_MS },
  );
  const listener = new StreamListener(`${system.url}/v1/admin/events/stream`, system.admin().headers, first?.id ?? '');
  if (first) listener.receipts.take(first);
  return listener;
}

/** Reads and listens until it is told that all is there. */
async function consume(
  { rows }: CampaignShop,
  reader: FeedReader,
  listener: StreamListener,
  done: AbortSignal,
): Promise<void> {
  let looks = 0;
  await eventually(
    async () => {
      await Promise.all([reader.readOn(), listener.listen()]);
      looks += 1;
      if (looks % HANGS_UP_EVERY === 0) listener.hangUp();
      if (looks % SKIPS_EVERY === 0) await rows.query(SKIP_PAUSES);
      if (!done.aborted) throw new Error('there may be more');
    },
    { withinMs: 24 * 3_600_000, everyMs: LOOK_EVERY_MS },
  );
  listener.hangUp();
}

/** Waits until all consumers have been told as much as there is; what is missing after that is missing. */
async function allReceived({ rows }: CampaignShop, receipts: readonly Receipts[]): Promise<void> {
  await eventually(
    async () => {
      const [row] = await rows.query<{ count: number }>('SELECT count(*) AS count FROM outbox_events');
      if (receipts.some(({ events }) => events.length < (row?.count ?? 0))) throw new Error('not all of it');
    },
    { withinMs: RECEIVED_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  ).catch(() => undefined);
}

async function checkReceipts({ rows, tally }: CampaignShop, receipts: Receipts): Promise<void> {
  const { consumer, events: received } = receipts;
  const written = await rows.query<{ id: string; type: string }>('SELECT id, type FROM outbox_events');
  const ids = new Set(written.map(({ id }) => id));
  tally.set('events', written.length);
  tally.set(`events twice to ${consumer}`, receipts.duplicates);
  const missing = written.filter(({ id }) => !receipts.has(id));
  tally.check(`${consumer} received every event`, missing);
  tally.check(
    `${consumer} received nothing that did not happen`,
    received.filter(({ id }) => !ids.has(id)),
  );
  tally.check(`${consumer} received the events of each subject in the order of their versions`, receipts.outOfOrder);
  tally.check(`${consumer} got the same event under the same id`, receipts.changed);
  const last = new Map(received.map(({ subject, data }) => [subject, data]));
  const orders = await rows.query<{ id: string; status: string; version: number }>(
    'SELECT id, status, version FROM orders',
  );
  tally.check(
    `${consumer} knows how each order stands`,
    orders.filter(({ id, status, version }) => {
      const told = last.get(id);
      return told?.['status'] !== status || told['version'] !== version;
    }),
  );
}
