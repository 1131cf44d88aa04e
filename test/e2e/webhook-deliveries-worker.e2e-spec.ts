import { randomBytes } from 'node:crypto';
import { useOwnDatabase } from '../support/database.js';
import { eventually } from '../support/poll.js';
import { prepareSystem, type TestSystem } from '../support/processes.js';
import { type Receiver, startReceiver } from '../support/receiver.js';
import { verifyWebhook } from '../support/standard-webhooks.js';

const ROUTE = '/v1/admin/webhook-endpoints';
const AN_HOUR = '3600';
const SOON = { withinMs: 20_000 };

const own = useOwnDatabase();
let system: TestSystem;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  // No sweep comes within this test: what happens the bells have brought about.
  system = await prepareSystem({ databaseUrl: own.url, config: { SWEEP_INTERVAL_SECONDS: AN_HOUR } });
  await Promise.all([system.api.start(), system.worker.start()]);
}, 60_000);

afterAll(async () => {
  await system.close();
  await receiver.stop();
});

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

async function makeEndpoint(path: string): Promise<Endpoint> {
  const body = { url: receiver.url + path, event_types: ['stock.changed'] };
  return (await system.admin().post(ROUTE, body).expect(201)).body;
}

/** A change that is told: units of a new product come onto the shelf. Answers the product's id. */
async function changeStock(): Promise<string> {
  const sku = `SKU-${randomBytes(6).toString('hex')}`;
  const product = { sku, title: 'Enamel mug', unit_price: 1_000, currency: 'usd' };
  const { body } = await system.admin().post('/v1/admin/products', product).expect(201);
  await system.admin().put(`/v1/admin/inventory/${body.id}`, { on_hand: 5 }).expect(200);
  return String(body.id);
}

const deliveriesTo = ({ id }: Endpoint): Promise<object[]> =>
  own.dataSource.query('SELECT status, attempts FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY id', [id]);

//
describe('the worker', () => {
  it('tells an endpoint what has happened in the API, as soon as it has', async () => {
    const endpoint = await makeEndpoint('/bell');

    const productId = await changeStock();

    await eventually(() => expect(receiver.at('/bell')).toHaveLength(1), SOON);
    const [got] = receiver.at('/bell');
    expect(got && verifyWebhook(endpoint.secret, got)).toMatchObject({
      type: 'stock.changed',
      source: '/holdfast',
      data: { type: 'stock.changed', product_id: productId, on_hand: 5 },
    });
    await eventually(async () => expect(await deliveriesTo(endpoint)).toEqual([{ status: 'delivered', attempts: 1 }]));
    await system.admin().delete(`${ROUTE}/${endpoint.id}`).expect(200);
  });

  it('that is killed between sending and writing it down sends once more, with the same id and the same bytes', async () => {
    const endpoint = await makeEndpoint('/killed');
    receiver.behave('/killed', async (_, count) => {
      if (count === 1) await system.worker.kill9();
      return 200;
    });
    await changeStock();
    await eventually(() => expect(receiver.at('/killed')).toHaveLength(1), SOON);
    await eventually(() => expect(() => process.kill(system.worker.pid(), 0)).toThrow('ESRCH'));
    const before = await deliveriesTo(endpoint);

    await own.dataSource.query(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'`);
    await system.worker.start();
    await system.admin().post(`${ROUTE}/${endpoint.id}/test`).expect(202);
    await eventually(() => expect(receiver.at('/killed')).toHaveLength(3), SOON);

    expect(before).toEqual([{ status: 'pending', attempts: 1 }]);
    const [first, ...later] = receiver.at('/killed');
    const again = later.find(({ event }) => event.type === 'stock.changed');
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.body).toBe(first?.body);
    await eventually(async () =>
      expect(await deliveriesTo(endpoint)).toEqual([
        { status: 'delivered', attempts: 2 },
        { status: 'delivered', attempts: 1 },
      ]),
    );
    await system.admin().delete(`${ROUTE}/${endpoint.id}`).expect(200);
  });

  it('that is stopped writes down what is under way, and begins nothing more', async () => {
    const endpoint = await makeEndpoint('/stopped');
    let exit: ReturnType<TestSystem['worker']['stop']> | undefined;
    receiver.behave('/stopped', () => {
      exit ??= system.worker.stop();
      return 200;
    });

    await changeStock();
    await eventually(() => expect(exit).toBeDefined(), SOON);

    expect(await exit).toEqual({ code: 0, signal: null });
    expect(await deliveriesTo(endpoint)).toEqual([{ status: 'delivered', attempts: 1 }]);
    await system.worker.start();
    expect(receiver.at('/stopped')).toHaveLength(1);
  });
});
