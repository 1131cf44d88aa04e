import type request from 'supertest';
import type { ApiClient } from '../support/api-client.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectSettled } from '../support/invariants.js';
import { addProduct, type TestProduct } from '../support/products.js';
import { checkOut, fillCart, tally } from '../support/purchases.js';

/** All at once, and few enough that on a busy machine nobody waits longer for a row than the service lets him. */
const BUYERS = 36;
const PRODUCTS = 6;
const ON_HAND = 18;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterAll(() => api.close());

async function shelf(): Promise<TestProduct[]> {
  const products: TestProduct[] = [];
  while (products.length < PRODUCTS) products.push(await addProduct(api.database.query, { onHand: ON_HAND }));
  return products;
}

/** Four products in a row from a different start, every second buyer backwards: lines cross in all ways. */
function crossedLines(products: readonly TestProduct[], buyer: number) {
  const row = Array.from({ length: 4 }, (_, place) => products[(buyer + place) % products.length]);
  const lines = row.flatMap((product) => (product ? [{ product_id: product.id, quantity: 1 + (buyer % 2) }] : []));
  return buyer % 2 === 0 ? lines : lines.reverse();
}

async function checkOutAll(products: readonly TestProduct[], methodOf: (buyer: number) => string) {
  const buyers = Array.from({ length: BUYERS }, () => api.customer());
  await Promise.all(buyers.map((buyer, index) => fillCart(buyer, crossedLines(products, index))));
  api.logs.clear();
  return Promise.all(buyers.map((buyer, index) => checkOut(buyer, { paymentMethod: methodOf(index) })));
}

/** [on hand, reserved] of all products together. */
async function stockOf(products: readonly TestProduct[]) {
  const [sum] = await api.database.query<{ on_hand: number; reserved: number }>(
    `SELECT sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved FROM stock_levels WHERE product_id = ANY($1)`,
    [products.map(({ id }) => id)],
  );
  return sum;
}

function unitsIn(answers: readonly request.Response[]): number {
  const items: { quantity: number }[] = answers.flatMap(({ body }) => body.items);
  return items.reduce((units, { quantity }) => units + quantity, 0);
}

describe('checkouts whose lines cross', () => {
  //
  it('sell until something is short, without a deadlock and without a unit too many', async () => {
    const products = await shelf();

    const answers = await checkOutAll(products, () => 'pm_card_visa');

    expect(Object.keys(tally(answers)).sort()).toEqual(['201 paid', '409 order_insufficient_stock']);
    const paid = answers.filter(({ status }) => status === 201);
    expect(await stockOf(products)).toEqual({ on_hand: PRODUCTS * ON_HAND - unitsIn(paid), reserved: 0 });
    expect(api.logs.named('transaction_rerun')).toEqual([]);
    await expectSettled(api.database);
  }, 60_000);

  //
  it('give back what declined cards had held, in the same crossed orders', async () => {
    const products = await shelf();

    const answers = await checkOutAll(products, (buyer) =>
      buyer % 3 === 0 ? 'pm_card_visa' : 'pm_card_chargeDeclined',
    );

    const paid = answers.filter(({ status }) => status === 201);
    const { '409 order_insufficient_stock': _short, ...rest } = tally(answers);
    expect(Object.keys(rest).sort()).toEqual(['201 paid', '402 order_payment_failed']);
    expect(await stockOf(products)).toEqual({ on_hand: PRODUCTS * ON_HAND - unitsIn(paid), reserved: 0 });
    expect(api.logs.named('transaction_rerun')).toEqual([]);
    await expectSettled(api.database);
  }, 60_000);

  it('of one buyer do not wait for each other in a circle while his cards are declined', async () => {
    const products = await shelf();
    const buyer: ApiClient = api.customer();
    api.logs.clear();

    const rounds = Array.from({ length: 20 }, async (_, round) => {
      await buyer.put('/v1/cart', { items: crossedLines(products, round) });
      return checkOut(buyer, { paymentMethod: 'pm_card_chargeDeclined' });
    });
    const answers = await Promise.all(rounds);

    const { '422 order_cart_empty': _late, ...rest } = tally(answers);
    expect(Object.keys(rest)).toEqual(['402 order_payment_failed']);
    expect(await stockOf(products)).toEqual({ on_hand: PRODUCTS * ON_HAND, reserved: 0 });
    expect(api.logs.named('transaction_rerun')).toEqual([]);
    await expectSettled(api.database);
  }, 60_000);
});
