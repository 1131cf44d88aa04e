import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useOwnDatabase } from '../support/database.js';
import { expectSettled } from '../support/invariants.js';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.js';
import { type OutsideWorld, outsideWorld, type ReadMessage } from '../support/kafka.js';
import { reportEvent } from '../support/payment-reports.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { workerRedisUrl } from '../support/redis.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/** Between two tries of a broker that is away. */
const LONGEST_PAUSE = { withinMs: 45_000 };
const WITHIN = { withinMs: 20_000 };

const own = useOwnDatabase();
const loadedScripts = mkdtempSync(join(tmpdir(), 'holdfast-loaded-'));
let broker: KafkaBroker;
let postgres: TcpProxy;
let outside: OutsideWorld;
let system: TestSystem;
let alone: TestSystem | undefined;

beforeAll(async () => {
  broker = await startKafkaBroker();
  postgres = await startTcpProxy(own.url);
  const config = { KAFKA_BOOTSTRAP: broker.bootstrap };
  // V8 writes down at the end of a process which scripts it had loaded.
  system = await prepareSystem({ databaseUrl: postgres.url, config, runtime: { NODE_V8_COVERAGE: loadedScripts } });
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);
beforeEach(async () => {
  outside = await outsideWorld(broker.bootstrap);
});
afterEach(async () => {
  // Whatever a test took away is there for the next one, also where it failed.
  await postgres.restore();
  await broker.restore();
  broker.heedAll();
  await outside.close();
});

afterAll(async () => {
  // Both run one build and have one watchdog, which end with whoever closes first.
  await alone?.close();
  await system.close();
  await postgres.stop();
  await broker.stop();
  rmSync(loadedScripts, { recursive: true, force: true });
});

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

async function placed() {
  const { id: productId } = await addProduct(query, { unitPrice: 2_500, onHand: 5 });
  const items = [{ product_id: productId, quantity: 1 }];
  const { body } = await system
    .customer()
    .post('/v1/orders', { items, provider: 'manual' }, { idempotencyKey: `key-${productId}` })
    .expect(201);
  const id: string = body.id;
  const data = { order_id: id, payment_transaction_id: `tx-${id.slice(-8)}`, amount_cents: 2_500, currency: 'usd' };
  return { id, event: reportEvent('succeeded', data) };
}

const view = async (id: string) => (await system.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;
const isPaid = (id: string) => eventually(async () => expect((await view(id)).status).toBe('paid'), WITHIN);
const waiting = () => query(`SELECT count(*) AS count FROM outbox_events WHERE status = 'sending'`);

/** `type sequence` of one order's messages, each where it came first. */
const firstsOf = (messages: readonly ReadMessage[], orderId: string): string[] => [
  ...new Set(
    messages
      .filter(({ key }) => key === orderId)
      .map(({ headers }) => `${headers['ce_type']} ${Number(headers['ce_sequence'])}`),
  ),
];

describe('a broker that is away', () => {
  it('keeps no buyer and no reader of the feed waiting, and gets everything in order once it is back', async () => {
    await outside.close();
    await broker.cut();

    const orders = [await placed(), await placed(), await placed()];
    const ids = orders.map(({ id }) => id);
    for (const { id } of orders) {
      await system
        .admin()
        .patch(`/v1/orders/${id}/pay`, { transaction_id: 'cash' }, { idempotencyKey: id })
        .expect(200);
    }
    await eventually(async () => {
      const { body } = await system.admin().get('/v1/admin/events?type=order.*&limit=100').expect(200);
      const events: { subject: string }[] = body.events;
      expect(events.filter(({ subject }) => ids.includes(subject))).toHaveLength(6);
    }, WITHIN);
    await eventually(() => expect(system.worker.logs.named('event_transport_unavailable')).not.toEqual([]), WITHIN);
    expect(await query('SELECT DISTINCT status FROM outbox_events WHERE aggregate_id = ANY($1)', [ids])).toEqual([
      { status: 'sending' },
    ]);
    await broker.restore();

    outside = await outsideWorld(broker.bootstrap);
    const messages = await outside.read('order.events');
    for (const { id } of orders) {
      await eventually(() => expect(firstsOf(messages, id)).toEqual(['order.created 1', 'order.paid 2']), WITHIN);
    }
    // Where the broker came back in the middle of a try, the answer to it is lost, and all is sent again after the next pause.
    await eventually(async () => expect(await waiting()).toEqual([{ count: 0 }]), LONGEST_PAUSE);
    expect(await query(`SELECT id FROM outbox_events WHERE status = 'dead'`)).toEqual([]);
  }, 120_000);

  it('is heard again once it is back', async () => {
    const { id, event } = await placed();
    await outside.close();
    await broker.cut();
    await broker.restore();
    outside = await outsideWorld(broker.bootstrap);

    await outside.put('payment.events', event);

    await isPaid(id);
  }, 60_000);
});

describe('a database that is away', () => {
  it('loses nothing of what the broker tells meanwhile', async () => {
    const { id, event } = await placed();
    system.worker.logs.clear();
    await postgres.cut();
    await outside.put('payment.events', event);
    await eventually(
      () =>
        expect(system.worker.logs.named('broker_not_heard')).toMatchObject([
          { topic: 'payment.events', reason: expect.stringContaining('ECONN') },
        ]),
      WITHIN,
    );

    await postgres.restore();

    await isPaid(id);
    const rows = await query('SELECT status FROM webhook_events WHERE provider_event_id LIKE $1', [`% ${event.id}`]);
    expect(rows).toEqual([{ status: 'processed' }]);
  }, 60_000);
});

describe('a worker that is killed', () => {
  it('after an event was stored and before its offset was committed hears it again, and applies it once', async () => {
    const [first, second] = [await placed(), await placed()];
    const before = await outside.committed('holdfast', 'payment.events');
    broker.ignore('offsetCommit');
    await outside.put('payment.events', first.event);
    await eventually(async () => {
      const rows = await query('SELECT id FROM webhook_events WHERE provider_event_id LIKE $1', [
        `% ${first.event.id}`,
      ]);
      expect(rows).toHaveLength(1);
    }, WITHIN);

    await system.worker.kill9();
    const between = await outside.committed('holdfast', 'payment.events');
    // Should it have begun to work on the event, its lease is over, as in 20 s.
    await query('UPDATE webhook_events SET next_attempt_at = now() WHERE next_attempt_at IS NOT NULL');
    broker.heedAll();
    await system.worker.start();
    await outside.put('payment.events', second.event);

    await isPaid(first.id);
    await isPaid(second.id);
    expect(between).toBe(before);
    await eventually(
      async () => expect(await outside.committed('holdfast', 'payment.events')).toBe((before ?? 0) + 2),
      WITHIN,
    );
    expect(await view(first.id)).toMatchObject({ status: 'paid', payment_status: 'paid', version: 2 });
    const rows = await query('SELECT status FROM webhook_events WHERE provider_event_id LIKE $1', [
      `% ${first.event.id}`,
    ]);
    expect(rows).toEqual([{ status: 'processed' }]);
    await expectSettled({ query: (text) => query(text) });
  }, 60_000);
});

/** The scripts of this project and of kafkajs that a process had loaded, which has ended since. */
function loadedBy(pid: number): string[] {
  const files = readdirSync(loadedScripts).filter((file) => file.startsWith(`coverage-${pid}-`));
  return files.flatMap((file) => {
    const { result }: { result: { url: string }[] } = JSON.parse(readFileSync(join(loadedScripts, file), 'utf8'));
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
}

const ofKafka = (urls: readonly string[]): string[] =>
  urls.filter((url) => /node_modules\/kafkajs\/|\/platform\/kafka\/|\/webhooks\/broker\/(?!broker-modules)/.test(url));

describe('a worker without a broker', () => {
  it('loads nothing of it', async () => {
    const pid = system.worker.pid();
    expect(await system.worker.stop()).toEqual({ code: 0, signal: null });
    alone = await prepareSystem({
      databaseUrl: own.url,
      redisUrl: workerRedisUrl(),
      runtime: { NODE_V8_COVERAGE: loadedScripts },
    });
    await alone.worker.start();
    const alonePid = alone.worker.pid();
    const end = await alone.worker.stop();
    await system.worker.start();

    expect(end).toEqual({ code: 0, signal: null });

    expect(ofKafka(loadedBy(pid)).length).toBeGreaterThan(50);
    expect(loadedBy(alonePid).filter((url) => url.includes('/node_modules/bullmq/')).length).toBeGreaterThan(10);
    expect(ofKafka(loadedBy(alonePid))).toEqual([]);
  }, 60_000);
});
