import { useOwnDatabase } from '../support/database.js';
import { eventFaults } from '../support/events.js';
import { expectSettled } from '../support/invariants.js';
import { messageIn, type OutsideWorld, outsideWorld, startForeignBroker, type TestBroker } from '../support/kafka.js';
import { eventually } from '../support/poll.js';
import { reportEvent } from '../support/payment-reports.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { addProduct } from '../support/products.js';
import { US_ADDRESS } from '../support/shop.js';

const WITHIN = { withinMs: 15_000 };

const own = useOwnDatabase();
let broker: TestBroker;
let outside: OutsideWorld;
let system: TestSystem;

beforeAll(async () => {
  broker = await startForeignBroker();
  outside = await outsideWorld(broker.bootstrap);
  const config = { KAFKA_BOOTSTRAP: broker.bootstrap, KAFKA_STOCK_TOPIC: 'stock.events', SWEEP_INTERVAL_SECONDS: '1' };
  system = await prepareSystem({ databaseUrl: own.url, config });
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterAll(async () => {
  await system.close();
  await outside.close();
  await broker.stop();
});

const query = (text: string, parameters?: readonly unknown[]) => own.dataSource.query(text, [...(parameters ?? [])]);

async function checkedOut(provider: 'stripe' | 'manual') {
  const { id: productId } = await addProduct(query, { unitPrice: 2_500, onHand: 5 });
  const buyer = system.customer();
  await buyer.put('/v1/cart', { items: [{ product_id: productId, quantity: 2 }] }).expect(200);
  const { body: order } = await buyer
    .post('/v1/orders/checkout', { shipping_address: US_ADDRESS, provider }, { idempotencyKey: `key-${productId}` })
    .expect(201);
  const [intentId] = String(order.payment?.client_secret).split('_secret_');
  const transaction = provider === 'stripe' ? intentId : `tx-${productId.slice(-6)}`;
  const paid = { order_id: order.id, payment_transaction_id: transaction, amount_cents: 5_649, currency: 'usd' };
  return { order, buyer, productId, paid };
}

const view = async (id: string) => (await system.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;
const stockOf = (productId: string) =>
  query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [productId]);

//
describe('a shop beside a broker', () => {
  it('tells of a checkout, hears that it was paid elsewhere, sells the stock and readies the parcel', async () => {
    const { order, buyer, productId, paid } = await checkedOut('manual');
    const orders = await outside.read('order.events');
    const told = await messageIn(orders, ({ key }) => key === order.id);

    await outside.put('payment.events', reportEvent('succeeded', paid));
    await eventually(async () => expect((await view(order.id)).status).toBe('paid'), WITHIN);
    const paidEvent = await messageIn(
      orders,
      ({ key, headers }) => key === order.id && headers['ce_type'] === 'order.paid',
    );

    expect(JSON.parse(told.value)).toMatchObject({
      ...{ type: 'order.created', order_id: order.id, user_email: `${buyer.id}@example.com`, amount_cents: 5_649 },
      items: [{ product_id: productId, qty: 2, unit_price_cents: 2_500 }],
    });
    expect(eventFaults('order.created', JSON.parse(told.value))).toEqual([]);
    expect(told.headers).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: expect.stringMatching(/^evt_/),
      ce_source: '/holdfast',
      ce_type: 'order.created',
      ce_subject: order.id,
      ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      ce_sequence: '0000000001',
      ce_partitionkey: order.id,
      ce_traceid: expect.any(String),
      ce_traceparent: expect.any(String),
    });
    expect(await view(order.id)).toMatchObject({ payment_status: 'paid', version: 2, shipment: { status: 'ready' } });
    expect(await stockOf(productId)).toEqual([{ on_hand: 3, reserved: 0 }]);
    expect(paidEvent.headers['ce_sequence']).toBe('0000000002');
    const stock = await outside.read('stock.events');
    await messageIn(stock, ({ key, value }) => key === productId && JSON.parse(value).kind === 'sale');
    expect(orders.filter(({ headers }) => headers['ce_type']?.startsWith('stock.'))).toEqual([]);
  }, 60_000);

  it('hears of its own intents as well, in each form of a message, once', async () => {
    const [structured, binary, plain] = [
      await checkedOut('stripe'),
      await checkedOut('stripe'),
      await checkedOut('stripe'),
    ];
    const { data, ...attributes } = reportEvent('succeeded', binary.paid);
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));
    const twice = reportEvent('succeeded', structured.paid);

    await outside.put('payment.events', twice, twice);
    await outside.putWithHeaders('payment.events', headers, data);
    await outside.put('payment.events', { type: 'payment.succeeded', ...plain.paid });

    for (const { order, productId } of [structured, binary, plain]) {
      await eventually(
        async () => expect(await view(order.id)).toMatchObject({ status: 'paid', payment_status: 'paid', version: 2 }),
        WITHIN,
      );
      expect(await stockOf(productId)).toEqual([{ on_hand: 3, reserved: 0 }]);
    }
    const rows = await query('SELECT status FROM webhook_events WHERE provider_event_id = $1', [
      `${twice.source} ${twice.id}`,
    ]);
    expect(rows).toEqual([{ status: 'processed' }]);
  }, 60_000);

  it('copies what it cannot read to the dead letters, and goes on with what comes behind', async () => {
    const { order, productId, paid } = await checkedOut('manual');
    const wrong = { ...paid, amount_cents: '5649' };

    await outside.put(
      'payment.events',
      { raw: '{"type":' },
      { raw: null },
      reportEvent('succeeded', wrong),
      reportEvent('failed', paid),
    );

    await eventually(async () => expect((await view(order.id)).status).toBe('payment_failed'), WITHIN);
    expect(await stockOf(productId)).toEqual([{ on_hand: 5, reserved: 0 }]);
    const dead = await outside.read('payment.events.dead-letter');
    await eventually(() => expect(dead.length).toBeGreaterThanOrEqual(3), WITHIN);
    expect(dead.map(({ headers }) => headers['reason']).sort()).toEqual([
      'data.amount_cents: Invalid input: expected number, received string',
      'the message has no value',
      'the value is not a JSON object in UTF-8',
    ]);
    const { body } = await system.admin().get('/v1/admin/webhook-events?provider=broker&status=parked').expect(200);
    expect(body.webhook_events.map(({ id }: { id: string }) => id).sort()).toEqual(
      dead.map(({ headers }) => headers['webhook_event_id']).sort(),
    );
    const unreadable = dead.find(({ headers }) => headers['reason']?.startsWith('the value'));
    expect(unreadable).toMatchObject({
      value: '{"type":',
      headers: {
        ...{ attempts: '0', event_type: 'unreadable', origin_topic: 'payment.events' },
        ...{ origin_partition: expect.stringMatching(/^\d+$/), origin_offset: expect.stringMatching(/^\d+$/) },
      },
    });
    await expectSettled({ query: (text) => query(text) });
  }, 60_000);
});
