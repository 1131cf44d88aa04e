import pg from 'pg';
import { ProcessEvents } from '../../src/webhooks/inbound/use-cases/process-events.use-case.js';
import { startApi, type TestApi } from '../support/api.js';
import { deliver, intentEvent } from '../support/inbox.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import { buyCart, intentOf } from '../support/storefront.js';

/** What a crash leaves behind is settled within a minute of the restart: the lease is only the first part of that. */
const LONGEST_LEASE_SECONDS = 30;

let api: TestApi;
let blocker: pg.Client;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  blocker = new pg.Client({ connectionString: api.database.url });
  await blocker.connect();
});

afterAll(async () => {
  await blocker.end();
  await api.close();
});

describe('an event that is being worked on', () => {
  //
  it('is due again soon, should the worker die over it', async () => {
    const product = await stockedProduct(api);
    const { body } = await buyCart(api.customer(), [{ product_id: product, quantity: 1 }]);
    const event = intentEvent(await intentOf(api, body.id), 'processing');
    await deliver(api, event).expect(200);
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM orders WHERE id = $1 FOR UPDATE', [body.id]);

    const work = api.app.get(ProcessEvents, { strict: false }).sweep();
    const [taken] = await eventually(async () => {
      const rows = await api.database.query<{ seconds: number }>(
        `SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 AS seconds FROM webhook_events
         WHERE provider_event_id = $1 AND attempts = 1`,
        [event.id],
      );
      expect(rows).toHaveLength(1);
      return rows;
    });
    await blocker.query('ROLLBACK');
    await work;

    expect(taken?.seconds).toBeGreaterThan(0);
    expect(taken?.seconds).toBeLessThanOrEqual(LONGEST_LEASE_SECONDS);
  });
});
