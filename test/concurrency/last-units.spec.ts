import { startApi, type TestApi } from '../support/api.js';
import { expectSettled } from '../support/invariants.js';
import { addProduct } from '../support/products.js';
import { checkOut, fillCart, tally } from '../support/purchases.js';
import { stripeControl } from '../support/stripe-control.js';

const PRICE = 2_500;
const SHIPPING = 599;

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterAll(() => api.close());

/** That many buyers, each with one of the product in his cart. */
async function buyersOf(productId: string, count: number) {
  const buyers = Array.from({ length: count }, () => api.customer());
  await Promise.all(buyers.map((buyer) => fillCart(buyer, [{ product_id: productId, quantity: 1 }])));
  return buyers;
}

async function stockOf(productId: string) {
  const [level] = await api.database.query('SELECT on_hand, reserved FROM stock_levels WHERE product_id = $1', [
    productId,
  ]);
  return level;
}

async function chargesFor(answers: readonly { body: { id?: string } }[]) {
  const captured = await stripeControl(api.sandbox ?? { url: '' }).capturedByOrder();
  return answers.flatMap(({ body }) => captured.get(body.id ?? '') ?? []);
}

describe('the last unit', () => {
  //
  it.each(Array.from({ length: 10 }, (_, round) => round + 1))(
    'goes to exactly one of three buyers at once (round %i of 10)',
    async () => {
      const lamp = await addProduct(api.database.query, { title: 'Lamp', unitPrice: PRICE, onHand: 1 });
      const buyers = await buyersOf(lamp.id, 3);

      const settled = await Promise.allSettled(buyers.map((buyer) => checkOut(buyer)));

      const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      const paid = answers.filter(({ status }) => status === 201);
      const refused = answers.filter(({ status }) => status === 409);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
      expect(paid[0]?.body).toMatchObject({ status: 'paid', total_amount: PRICE + SHIPPING });
      expect(refused.map(({ body }) => [body.code, body.items])).toEqual(
        Array(2).fill([
          'order_insufficient_stock',
          [{ product_id: lamp.id, title: 'Lamp', requested: 1, available: 0 }],
        ]),
      );
      expect(await stockOf(lamp.id)).toEqual({ on_hand: 0, reserved: 0 });
      expect(await chargesFor(answers)).toMatchObject([{ amount: PRICE + SHIPPING, captured: PRICE + SHIPPING }]);
      await expectSettled(api.database);
    },
  );

  it('stays in the cart of a buyer who came too late', async () => {
    const lamp = await addProduct(api.database.query, { onHand: 1 });
    const [early, late] = await buyersOf(lamp.id, 2);
    await checkOut(early ?? api.customer()).expect(201);

    const refused = await checkOut(late ?? api.customer());
    const cart = await late?.get('/v1/cart');

    expect(refused.status).toBe(409);
    expect(cart?.body.items).toMatchObject([{ product_id: lamp.id, quantity: 1, available_quantity: 0 }]);
  });
});

describe('fifty units', () => {
  //
  it('go to fifty of two hundred buyers at once, and never one more', async () => {
    const mug = await addProduct(api.database.query, { title: 'Mug', unitPrice: PRICE, onHand: 50 });
    const buyers = await buyersOf(mug.id, 200);

    const answers = await Promise.all(buyers.map((buyer) => checkOut(buyer)));

    expect(tally(answers)).toEqual({ '201 paid': 50, '409 order_insufficient_stock': 150 });
    expect(await stockOf(mug.id)).toEqual({ on_hand: 0, reserved: 0 });
    expect((await chargesFor(answers)).map(({ captured }) => captured)).toEqual(Array(50).fill(PRICE + SHIPPING));
    const sales = await api.database.query(
      `SELECT count(*) AS movements, sum(delta)::bigint AS units FROM stock_movements WHERE product_id = $1 AND kind = 'sale'`,
      [mug.id],
    );
    expect(sales).toEqual([{ movements: 50, units: -50 }]);
    await expectSettled(api.database);
  }, 60_000);
});
