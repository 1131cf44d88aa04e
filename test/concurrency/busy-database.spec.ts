import pg from 'pg';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../../src/payments/index.js';
import type { ApiClient } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { deliver, inboxRow, stripeEvent } from '../support/inbox.js';
import { expectInvariants } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';

const CROWD = 20;

let api: TestApi;
let blocker: pg.Client;

beforeAll(async () => {
  api = await startApi({ stripe: true, config: { DATABASE_POOL_SIZE: '4' } });
  blocker = new pg.Client({ connectionString: api.database.url });
  await blocker.connect();
});

afterAll(async () => {
  await blocker.end();
  await api.close();
});

async function buyersOf(productId: string, count: number): Promise<ApiClient[]> {
  const buyers = Array.from({ length: count }, () => api.customer());
  await Promise.all(buyers.map((buyer) => fillCart(buyer, [{ product_id: productId, quantity: 1 }])));
  return buyers;
}

/** The next call to Stripe waits for `goOn` before it is sent. */
function holdNextCall(): { readonly begun: () => boolean; readonly goOn: () => void } {
  const gateway: PaymentGateway = api.app.get(PAYMENT_GATEWAY, { strict: false });
  const send = gateway.send.bind(gateway);
  let begun = false;
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  jest.spyOn(gateway, 'send').mockImplementationOnce(async (attempt) => {
    begun = true;
    await gate;
    return send(attempt);
  });
  return { begun: () => begun, goOn };
}

/** How many transactions of the API wait for a row lock at this moment. */
async function waitingForLocks(): Promise<number> {
  const [row] = await api.database.query<{ waiting: number }>(
    `SELECT count(*) AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'holdfast-api' AND wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? NaN;
}

/** Buyers whose checkouts wait for a row until they are let go; answers the statuses that they get then. */
async function holdUp(crowd: readonly ApiClient[], productId: string) {
  let served = 0;
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM stock_levels WHERE product_id = $1 FOR UPDATE', [productId]);
  const crowding = Promise.all(
    crowd.map((each) =>
      checkOut(each).then(({ status }) => {
        served += 1;
        return status;
      }),
    ),
  );
  await eventually(async () => expect(await waitingForLocks()).toBeGreaterThanOrEqual(3));
  return {
    served: () => served,
    letGo: async () => {
      await blocker.query('ROLLBACK');
      return crowding;
    },
  };
}

describe('a payment that was taken while a crowd waits for the database', () => {
  // money that moved does not stand in line behind those who have not even begun.
  it('is recorded before the crowd gets in', async () => {
    const lamp = await addProduct(api.database.query, { onHand: 1 });
    const mug = await addProduct(api.database.query, { onHand: CROWD });
    const [buyer = api.customer()] = await buyersOf(lamp.id, 1);
    const crowd = await buyersOf(mug.id, CROWD);
    const stripe = holdNextCall();
    const answering = checkOut(buyer).then((answer) => answer);
    await eventually(() => expect(stripe.begun()).toBe(true));
    const held = await holdUp(crowd, mug.id);

    stripe.goOn();
    const answer = await answering;
    const servedBefore = held.served();
    const statuses = await held.letGo();

    expect([answer.status, answer.body.status]).toEqual([201, 'paid']);
    expect(servedBefore).toBe(0);
    // Whoever waited too long for the row was told to come again; nobody else was refused.
    expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
    await expectInvariants(api.database);
  });

  //
  it('and is told of by webhook is stored before the crowd gets in', async () => {
    const mug = await addProduct(api.database.query, { onHand: CROWD });
    const crowd = await buyersOf(mug.id, CROWD);
    const event = stripeEvent('payment_intent.succeeded', {});
    const held = await holdUp(crowd, mug.id);

    const answer = await deliver(api, event);
    const servedBefore = held.served();
    await held.letGo();

    expect([answer.status, servedBefore]).toEqual([200, 0]);
    expect(await inboxRow(api, event.id)).toMatchObject({ status: 'received' });
  });
});
