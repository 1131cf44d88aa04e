import type request from 'supertest';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../../src/payments/index.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart } from '../support/purchases.js';
import { recordStatements, StatementLog } from '../support/statements.js';
import { stripeControl } from '../support/stripe-control.js';

/** The one lock order of the house; rows of other tables belong to the request alone. */
const HOUSE_ORDER = ['carts', 'orders', 'payments', 'refunds', 'reservations', 'stock_levels'];

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
  if (!api.sandbox) throw new Error('no sandbox');
  // An event that comes in meanwhile would mix its own transaction into the statements that are recorded here.
  await stripeControl(api.sandbox).dropWebhooks(`${api.url}/v1/webhooks/stripe`, 'whsec_unused');
});

afterAll(() => api.close());

/** A buyer whose cart holds five products, the newest first: against the order of their ids. */
async function buyerOfFive(): Promise<{ buyer: ApiClient; ids: string[] }> {
  const ids: string[] = [];
  while (ids.length < 5) ids.unshift((await addProduct(api.database.query, { onHand: 10 })).id);
  const buyer = api.customer();
  await fillCart(
    buyer,
    ids.map((id, place) => ({ product_id: id, quantity: place + 1 })),
  );
  return { buyer, ids };
}

const pay = (buyer: ApiClient, orderId: string, paymentMethod: string): request.Test =>
  buyer.post(
    `/v1/orders/${orderId}/payments`,
    { payment_method: paymentMethod },
    { idempotencyKey: `pay-${paymentMethod}` },
  );
const cancel = (buyer: ApiClient, orderId: string): request.Test =>
  buyer.post(`/v1/orders/${orderId}/cancel`, {}, { idempotencyKey: 'cancel' });

/** Each transaction by itself: locks end with it. */
function transactionsOf(log: StatementLog): StatementLog[] {
  const parts: StatementLog[] = [];
  let begun: StatementLog['all'][number][] = [];
  for (const statement of log.all) {
    if (/^begin/i.test(statement.text)) begun = [];
    begun.push(statement);
    if (/^commit/i.test(statement.text)) parts.push(new StatementLog(begun));
  }
  return parts;
}

/** The tables of the house that a transaction locked, in the order of their first lock. */
const lockedBy = (transaction: StatementLog): string[] =>
  transaction.lockedTables.filter((table) => HOUSE_ORDER.includes(table));

function expectHouseOrder(log: StatementLog): void {
  const transactions = transactionsOf(log).map(lockedBy);
  const sorted = transactions.map((tables) => HOUSE_ORDER.filter((table) => tables.includes(table)));
  expect(transactions).toEqual(sorted);
}

/** What SELECT … FOR UPDATE locked of the stock, transaction by transaction; a statement that takes it as well does not tell. */
function lockedStock(log: StatementLog): (readonly unknown[] | string)[] {
  const locked = transactionsOf(log).map((each) => each.lockedValues('stock_levels', 'product_id'));
  return locked.filter((ids) => ids.length > 0).map((ids) => (ids[0] === undefined ? 'as it is taken' : ids));
}

/** The statements that hold or sell stock. */
const takings = (log: StatementLog): string[] =>
  log.all.map(({ text }) => text).filter((text) => /'(?:hold|sale)'/.test(text));
const IN_ORDER = expect.stringContaining('ORDER BY product_id FOR UPDATE OF stock');

function stockLockModes(log: StatementLog): string[] {
  return [...new Set(log.locks.filter(({ table }) => table === 'stock_levels').map(({ mode }) => mode))].sort();
}

describe('the locks of a checkout', () => {
  //
  it('take stock FOR UPDATE by ascending product id, to reserve and to sell', async () => {
    const { buyer, ids } = await buyerOfFive();

    const log = await recordStatements(() => checkOut(buyer).expect(201));

    expect(ids).toEqual([...ids].sort().reverse());
    expect(lockedStock(log)).toEqual(['as it is taken', 'as it is taken']);
    expect(takings(log)).toEqual([IN_ORDER, IN_ORDER]);
    expect(stockLockModes(log)).toEqual(['for update', 'update']);
    expectHouseOrder(log);
  });

  //
  it('are taken in the order of the house where the card is declined and the cart comes back', async () => {
    const { buyer, ids } = await buyerOfFive();

    const log = await recordStatements(() => checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' }).expect(402));

    expect(lockedStock(log)).toEqual(['as it is taken', [...ids].sort()]);
    expect(transactionsOf(log).flatMap(lockedBy)).toContain('carts');
    expectHouseOrder(log);
  });

  it('are taken in the order of the house by a second try and by a cancellation', async () => {
    const { buyer, ids } = await buyerOfFive();
    const declined = await checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    const orderId = String(declined.body.order_id);

    const retry = await recordStatements(() => pay(buyer, orderId, 'pm_card_chargeDeclinedLostCard').expect(402));
    const cancelled = await recordStatements(() => cancel(buyer, orderId).expect(200));

    expect(lockedStock(retry)).toEqual(['as it is taken', [...ids].sort()]);
    expectHouseOrder(retry);
    expectHouseOrder(cancelled);
  });
});

describe('a call to Stripe', () => {
  /** Connections of the API that are inside a transaction at this moment. */
  async function openTransactions(): Promise<number> {
    const [row] = await api.database.query<{ open: number }>(
      `SELECT count(*) AS open FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'holdfast-api' AND xact_start IS NOT NULL`,
    );
    return row?.open ?? NaN;
  }

  // whoever waits for a network with rows locked makes everybody else wait for it.
  it('is made while no transaction is open', async () => {
    const gateway: PaymentGateway = api.app.get(PAYMENT_GATEWAY, { strict: false });
    const seen: [string, number][] = [];
    const { send, retrieve } = gateway;
    jest.spyOn(gateway, 'send').mockImplementation(async (attempt) => {
      seen.push([attempt.action, await openTransactions()]);
      return send.call(gateway, attempt);
    });
    jest.spyOn(gateway, 'retrieve').mockImplementation(async (id) => {
      seen.push(['retrieve', await openTransactions()]);
      return retrieve.call(gateway, id);
    });
    const { buyer } = await buyerOfFive();

    const declined = await checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    const orderId = String(declined.body.order_id);
    await pay(buyer, orderId, 'pm_card_chargeDeclinedLostCard').expect(402);
    await buyer.post(`/v1/orders/${orderId}/payments`, {}, { idempotencyKey: 'by-myself' }).expect(200);
    await cancel(buyer, orderId).expect(200);

    expect(seen).toEqual([
      ['create', 0],
      ['confirm', 0],
      ['retrieve', 0],
      ['cancel', 0],
    ]);
  });
});
