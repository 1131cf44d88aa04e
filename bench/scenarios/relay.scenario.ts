import { summarise } from '../measure/measurement.js';
import { auditAll } from '../shop/audit.js';
import { type Broker, startBroker } from '../shop/broker.js';
import { productIds, seedCatalogue } from '../shop/catalogue.js';
import { startHoldfast } from '../shop/holdfast.js';
import { type Receiver, startReceiver } from '../shop/receiver.js';
import { seedEvents, SEEDED_TRACE } from '../shop/seeded-events.js';
import { authorizationOf } from '../shop/tokens.js';
import type { Secrets, Variant } from '../shop/variant.js';
import { secondsUntilNone } from '../shop/wait-for-none.js';
import type { Scenario, ScenarioContext, Target } from './scenario.js';

const PRODUCTS = productIds(1_000);
const UNITS = 1_000_000_000;
const CONNECTIONS = 32;
const LIMIT_SECONDS = 120;
const WARM_UP_EVENTS = 1_000;

const UNPUBLISHED = "SELECT 1 FROM outbox_events WHERE status IN ('pending', 'sending')";
const UNDELIVERED = "SELECT 1 FROM webhook_deliveries WHERE status IN ('waiting', 'pending')";

/** How fast events leave the house on each way, beside the rate at which the same machine makes orders. */
export const relay: Scenario = {
  summary: 'events a second to the feed, to a receiver of webhooks and to Kafka, beside orders a second',
  quick: true,
  run: async (context) => {
    const { folder } = context.bench;
    const broker = await startBroker();
    const receiver = await startReceiver(folder);
    const shops: Variant[] = [];
    try {
      const shop = await open(context, 'relay', { WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' });
      shops.push(shop);
      const kafka = await open(context, 'relay_kafka', { KAFKA_BOOTSTRAP: broker.bootstrap });
      shops.push(kafka);
      const orders = await makeOrders(context, shop);
      const ways = await eachWay(context, { shop, kafka, broker, receiver });
      return {
        rows: { [`holdfast ${CONNECTIONS}`]: orders },
        targets: ways.flatMap((way) => targetsOf(way, orders.ordersPerSecond)),
        notes: { broker: broker.kind },
        broken: await auditAll(context.bench.services, shops),
      };
    } finally {
      await Promise.all(shops.map((shop) => shop.stop()));
      await Promise.all([receiver.stop(), broker.stop()]);
    }
  },
};

interface Way {
  readonly name: string;
  readonly eventsPerSecond: number;
  /** Events that did not get to the other end. */
  readonly missing: number;
}

interface Parties {
  readonly shop: Variant;
  readonly kafka: Variant;
  readonly broker: Broker;
  readonly receiver: Receiver;
}

async function open({ bench }: ScenarioContext, database: string, config: Record<string, string>): Promise<Variant> {
  const { services, secrets, folder } = bench;
  const shop = await startHoldfast({ services, secrets, folder, database, config });
  await seedCatalogue(services, database, PRODUCTS.length, UNITS);
  return shop;
}

async function makeOrders({ bench, quick }: ScenarioContext, shop: Variant) {
  const cart = { products: PRODUCTS, lines: 2, hotProduct: null };
  await bench.measure(shop, { connections: CONNECTIONS, seconds: 5, cart });
  return summarise([await bench.measure(shop, { connections: CONNECTIONS, seconds: quick ? 5 : 20, cart })]);
}

async function eachWay(context: ScenarioContext, { shop, kafka, broker, receiver }: Parties): Promise<Way[]> {
  const { secrets } = context.bench;
  const feed = await relayed(context, 'feed', shop, () => published(context, shop));
  await registerReceiver(shop, receiver, secrets);
  const webhooks = await relayed(context, 'webhooks', shop, () => receiver.received());
  const topic = await relayed(context, 'Kafka', kafka, () => broker.held('order.events'));
  return [feed, webhooks, topic];
}

async function published({ bench: { services } }: ScenarioContext, { database }: Variant): Promise<number> {
  const text = `SELECT count("position")::integer AS count FROM outbox_events WHERE trace_id = '${SEEDED_TRACE}'`;
  const [row] = await services.query<{ count: number }>(database, text);
  return row?.count ?? 0;
}

let series = 0;

async function relayed(
  context: ScenarioContext,
  name: string,
  shop: Variant,
  arrived: () => Promise<number>,
): Promise<Way> {
  const { quick, say } = context;
  const count = quick ? 5_000 : 20_000;
  await secondsToRelay(context, shop, WARM_UP_EVENTS);
  const before = await arrived();
  const seconds = await secondsToRelay(context, shop, count);
  const way = { name, eventsPerSecond: count / seconds, missing: count - ((await arrived()) - before) };
  say(`${name}: ${count} events in ${seconds.toFixed(1)} s`);
  return way;
}

async function secondsToRelay({ bench: { services } }: ScenarioContext, shop: Variant, count: number): Promise<number> {
  const url = services.databaseUrl(shop.database);
  const open = `(${UNPUBLISHED} LIMIT 1) UNION ALL (${UNDELIVERED} LIMIT 1)`;
  await secondsUntilNone(url, open, LIMIT_SECONDS);
  series += 1;
  await seedEvents(services, shop.database, series, count);
  return secondsUntilNone(url, open, LIMIT_SECONDS);
}

async function registerReceiver(shop: Variant, receiver: Receiver, secrets: Secrets): Promise<void> {
  const [name, token] = (await authorizationOf('admin', 'admin', secrets)).trim().split(': ');
  const answer = await fetch(`http://127.0.0.1:${shop.ports[0] ?? 0}/v1/admin/webhook-endpoints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [name ?? '']: token ?? '' },
    body: JSON.stringify({ url: receiver.url, event_types: ['order.*'] }),
    signal: AbortSignal.timeout(5_000),
  });
  if (answer.status !== 201) throw new Error(`the endpoint was not made: ${answer.status} ${await answer.text()}`);
}

function targetsOf({ name, eventsPerSecond, missing }: Way, ordersPerSecond: number): Target[] {
  return [
    {
      name: `${name}: events a second, as a multiple of orders a second`,
      value: eventsPerSecond / ordersPerSecond,
      limit: { atLeast: 5 },
      unit: '',
      detail: `${eventsPerSecond.toFixed(0)} events/s`,
    },
    { name: `${name}: events that did not arrive`, value: missing, limit: { exactly: 0 }, unit: '' },
  ];
}
