import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import type { ApiClient } from '../support/api-client.js';
import { stockedProduct } from '../support/shop.js';
import { recordStatements } from '../support/statements.js';
import { buyCart, cancel, order } from '../support/storefront.js';

let api: TestApi;
let mug: string;
let plate: string;
let bowl: string;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  await fillShelves();
});
afterAll(() => api.close());

async function fillShelves(): Promise<void> {
  mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500, onHand: 1_000 });
  plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250, onHand: 1_000 });
  bowl = await stockedProduct(api, { title: 'Small bowl', unitPrice: 900, onHand: 1_000 });
}

interface Listed {
  readonly body: { readonly orders: readonly { readonly id: string }[] };
}
const ids = ({ body }: Listed) => body.orders.map(({ id }) => id);
const list = (query = '') => api.admin().get(`/v1/admin/orders${query}`);
const VISA = { payment_method: 'pm_card_visa' };

/** An order of so many mugs and one plate. */
async function ordered(buyer: ApiClient, mugs: number, body: object = {}): Promise<string> {
  const answer = await order(
    buyer,
    [
      { product_id: mug, quantity: mugs },
      { product_id: plate, quantity: 1 },
    ],
    body,
  );
  return answer.body.id ?? answer.body.order_id;
}

/** One order in each of these states, oldest first. */
async function oneOfEach() {
  const buyer = api.customer();
  const created = await ordered(buyer, 3);
  const declined = await ordered(buyer, 1, { payment_method: 'pm_card_chargeDeclined' });
  const paid = await ordered(buyer, 4, VISA);
  const cancelled = await ordered(buyer, 2);
  await cancel(buyer, cancelled).expect(200);
  const fulfilled = await ordered(buyer, 5, VISA);
  await api.admin().post(`/v1/admin/orders/${fulfilled}/fulfill`).expect(200);
  const waiting = await ordered(buyer, 6, { payment_method: 'pm_card_authenticationRequired' });
  return { created, declined, paid, cancelled, fulfilled, waiting };
}

// A-23
describe('the list of all orders', () => {
  beforeEach(async () => {
    await api.database.truncateAll();
    await fillShelves();
  });

  it('is empty in a new shop', async () => {
    expect((await list()).body).toEqual({ orders: [], total_count: 0, limit: 20, offset: 0, has_more: false });
  });

  it('shows everybody’s orders, whole and newest first', async () => {
    const [alice, bob] = [api.customer('alice'), api.customer('bob')];
    const first = await ordered(alice, 1, VISA);
    const { body: second } = await buyCart(bob, [{ product_id: bowl, quantity: 2 }], VISA);
    const third = await ordered(alice, 2);

    const answer = await list();

    expect(answer.status).toBe(200);
    expect(ids(answer)).toEqual([third, second.id, first]);
    expect(answer.body).toMatchObject({ total_count: 3, limit: 20, offset: 0, has_more: false });
    const { payment: _, ...whole } = second;
    expect(answer.body.orders[1]).toEqual(whole);
    expect((await api.admin().get(`/v1/admin/orders/${second.id}`)).body).toEqual(whole);
  });

  it('comes in pages, by offset and by the last id', async () => {
    const buyer = api.customer();
    const made: string[] = [];
    for (let place = 1; place <= 5; place += 1) made.unshift(await ordered(buyer, place));

    const first = await list('?limit=2');
    const second = await list('?limit=2&offset=2');
    const last = await list(`?limit=2&starting_after=${made[3]}`);

    expect([ids(first), ids(second), ids(last)]).toEqual([made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
    expect(first.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: true });
    expect(last.body).toMatchObject({ total_count: 5, limit: 2, offset: 0, has_more: false });
  });

  it('sorts by time and by total, either way, and pages along the same order', async () => {
    const buyer = api.customer();
    const two = await ordered(buyer, 2);
    const three = await ordered(buyer, 3);
    const one = await ordered(buyer, 1);
    const twoAgain = await ordered(buyer, 2);

    const sorted = {
      created: ids(await list('?sort=created_at')),
      newest: ids(await list('?sort=-created_at')),
      cheapest: ids(await list('?sort=total_amount')),
      dearest: ids(await list('?sort=-total_amount')),
      afterCheapest: ids(await list(`?sort=total_amount&starting_after=${one}`)),
      afterTwo: ids(await list(`?sort=total_amount&starting_after=${two}&limit=1`)),
      afterDearest: ids(await list(`?sort=-total_amount&starting_after=${three}`)),
      afterFirst: ids(await list(`?sort=created_at&starting_after=${two}`)),
    };

    expect(sorted).toEqual({
      created: [two, three, one, twoAgain],
      newest: [twoAgain, one, three, two],
      cheapest: [one, two, twoAgain, three],
      dearest: [three, twoAgain, two, one],
      afterCheapest: [two, twoAgain, three],
      afterTwo: [twoAgain],
      afterDearest: [twoAgain, two, one],
      afterFirst: [three, one, twoAgain],
    });
  });

  it('is filtered by status and by how the payment stands', async () => {
    const { created, declined, paid, cancelled, fulfilled, waiting } = await oneOfEach();

    const filtered = {
      created: ids(await list('?status=created')),
      failed: ids(await list('?status=payment_failed')),
      paid: ids(await list('?status=paid')),
      cancelled: ids(await list('?status=cancelled')),
      fulfilled: ids(await list('?status=fulfilled')),
      archived: ids(await list('?status=archived')),
      unpaid: ids(await list('?payment_status=unpaid')),
      paymentFailed: ids(await list('?payment_status=failed')),
      paymentPaid: ids(await list('?payment_status=paid')),
      requiresAction: ids(await list('?payment_status=requires_action')),
      both: ids(await list('?status=created&payment_status=unpaid')),
    };

    expect(filtered).toEqual({
      created: [waiting, created],
      failed: [declined],
      paid: [paid],
      cancelled: [cancelled],
      fulfilled: [fulfilled],
      archived: [],
      unpaid: [cancelled, created],
      paymentFailed: [declined],
      paymentPaid: [fulfilled, paid],
      requiresAction: [waiting],
      both: [created],
    });
  });

  it('counts what the filter leaves, not what there is', async () => {
    await oneOfEach();

    const answer = await list('?status=created&limit=1');

    expect(answer.body).toMatchObject({ total_count: 2, limit: 1, has_more: true });
  });

  it('is filtered by customer', async () => {
    const [alice, bob] = [api.customer('alice'), api.customer('bob')];
    const hers = await ordered(alice, 1);
    await ordered(bob, 1);

    expect(ids(await list('?customer_id=alice'))).toEqual([hers]);
    expect(ids(await list('?customer_id=ali'))).toEqual([]);
  });

  it('finds an order by number, id, email in any spelling, and sku', async () => {
    const buyer = api.customer('erin', 'Erin.Example@Example.com');
    const hers = await ordered(buyer, 1);
    const { body: theirs } = await order(api.customer(), [{ product_id: bowl, quantity: 1 }]);
    const [item] = theirs.items;

    const found = {
      number: ids(await list(`?q=${theirs.number}`)),
      id: ids(await list(`?q=${theirs.id}`)),
      email: ids(await list('?q=erin.example@example.com')),
      emailAsWritten: ids(await list('?q=Erin.Example%40Example.com')),
      sku: ids(await list(`?q=${item.sku}`)),
      skuOfBoth: ids(await list(`?q=${item.sku}&customer_id=erin`)),
      nothing: ids(await list('?q=nothing%20like%20that')),
      wildcard: ids(await list('?q=%25')),
      quote: ids(await list(`?q=${encodeURIComponent(`' OR true --`)}`)),
    };

    expect(found).toEqual({
      number: [theirs.id],
      id: [theirs.id],
      email: [hers],
      emailAsWritten: [hers],
      sku: [theirs.id],
      skuOfBoth: [],
      nothing: [],
      wildcard: [],
      quote: [],
    });
  });

  it('lists the orders of an article as it lists all, in any order, page and filter', async () => {
    const buyer = api.customer();
    const [two, three, one] = [await ordered(buyer, 2), await ordered(buyer, 3), await ordered(buyer, 1)];
    await order(buyer, [{ product_id: bowl, quantity: 9 }]);
    await cancel(buyer, three).expect(200);
    const [{ sku }] = (await api.admin().get(`/v1/admin/orders/${one}`)).body.items;
    const ofIt = (query: string) => list(`?q=${sku}&${query}`);
    const { body: first } = await api.admin().get(`/v1/admin/orders/${two}`);

    const found = {
      newest: ids(await ofIt('')),
      created: ids(await ofIt('sort=created_at')),
      cheapest: ids(await ofIt('sort=total_amount')),
      dearest: ids(await ofIt('sort=-total_amount')),
      afterCheapest: ids(await ofIt(`sort=total_amount&starting_after=${one}`)),
      afterNewest: ids(await ofIt(`starting_after=${one}`)),
      second: ids(await ofIt('limit=1&offset=1')),
      cancelled: ids(await ofIt('status=cancelled&sort=-total_amount')),
      unpaid: ids(await ofIt('payment_status=unpaid&limit=2')),
      later: ids(
        await ofIt(`created_from=${encodeURIComponent(new Date(Date.parse(first.created_at) + 1).toISOString())}`),
      ),
      before: ids(await ofIt(`created_to=${encodeURIComponent(first.created_at)}`)),
    };

    expect(found).toEqual({
      newest: [one, three, two],
      created: [two, three, one],
      cheapest: [one, two, three],
      dearest: [three, two, one],
      afterCheapest: [two, three],
      afterNewest: [three, two],
      second: [three],
      cancelled: [three],
      unpaid: [one, three],
      later: [one, three],
      before: [],
    });
    expect((await ofIt('limit=2')).body).toMatchObject({ total_count: 3, has_more: true });
    expect((await ofIt('status=created&limit=2')).body).toMatchObject({ total_count: 2, has_more: false });
  });

  it('finds both where the sku of one order is the number of another', async () => {
    const buyer = api.customer();
    const mugs = await ordered(buyer, 1);
    const { body: numbered } = await order(buyer, [{ product_id: bowl, quantity: 1 }]);
    await api.database.query('UPDATE order_items SET sku = $2 WHERE order_id = $1 AND product_id = $3', [
      ...[mugs, String(numbered.number), mug],
    ]);

    const answer = await list(`?q=${numbered.number}`);

    expect(ids(answer)).toEqual([numbered.id, mugs]);
    expect(answer.body).toMatchObject({ total_count: 2, has_more: false });
  });

  it('is filtered by time: from inclusive, to exclusive', async () => {
    const buyer = api.customer();
    const times = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z'];
    const made: string[] = [];
    for (const time of times) {
      const id = await ordered(buyer, 1);
      await api.database.query('UPDATE orders SET created_at = $2 WHERE id = $1', [id, time]);
      made.push(id);
    }
    const [first, second, third] = made;

    const found = {
      from: ids(await list('?created_from=2026-11-02T00:00:00Z')),
      to: ids(await list('?created_to=2026-11-02T00:00:00Z')),
      between: ids(await list('?created_from=2026-11-02T00:00:00Z&created_to=2026-11-03T00:00:00.000Z')),
      elsewhere: ids(await list('?created_from=2026-11-02T02:00:00%2B02:00&created_to=2026-11-02T00:00:00.001Z')),
      nothing: ids(await list('?created_from=2026-11-03T00:00:00Z&created_to=2026-11-02T00:00:00Z')),
    };

    expect(found).toEqual({
      from: [third, second],
      to: [first],
      between: [second],
      elsewhere: [second],
      nothing: [],
    });
  });

  // A-23
  it('takes as many statements for a page of 100 as for a page of 1', async () => {
    const buyer = api.customer();
    const first = await ordered(buyer, 1);
    await api.database.query(
      `WITH copies AS (
         INSERT INTO orders (id, customer_id, email, provider, currency, subtotal, total_amount)
         SELECT 'ord_copy' || lpad(place::text, 22, '0'), customer_id, email, provider, currency, subtotal, total_amount
         FROM orders, generate_series(1, 120) place WHERE orders.id = $1 RETURNING id, created_at, total_amount
       )
       INSERT INTO order_items (id, order_id, order_created_at, order_total_amount, product_id, sku, title, quantity,
         unit_price, line_total)
       SELECT 'item_' || copies.id || i.id, copies.id, copies.created_at, copies.total_amount, i.product_id, i.sku, i.title,
         i.quantity, i.unit_price, i.line_total
       FROM copies, order_items i WHERE i.order_id = $1`,
      [first],
    );
    const admin = api.admin();
    const page = async (query: string) => {
      let rows = 0;
      const log = await recordStatements(async () => {
        const { body } = await admin.get(`/v1/admin/orders?${query}`).expect(200);
        rows = body.orders.filter(({ items }: { items: unknown[] }) => items.length === 2).length;
      });
      return { rows, statements: log.count };
    };

    const [one, hundred, filtered] = [
      await page('limit=1'),
      await page('limit=100'),
      await page(`limit=100&q=${buyer.id}%40example.com&status=created&sort=-total_amount`),
    ];

    expect([one.rows, hundred.rows, filtered.rows]).toEqual([1, 100, 100]);
    expect(one.statements).toBe(2);
    expect(hundred.statements).toBe(2);
    // What it is searched for is asked first.
    expect(filtered.statements).toBe(3);
  });
});

describe('a list that makes no sense', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=abc', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=1&starting_after=ord_01kaf5d3m0e9wtsz1v5b7x2y4q', 'starting_after'],
    ['starting_after=%27', 'starting_after'],
    ['status=lost', 'status'],
    ['status=', 'status'],
    ['status=paid&status=created', 'status'],
    ['payment_status=maybe', 'payment_status'],
    ['sort=customer_id', 'sort'],
    ['sort=total_amount%3Bdrop', 'sort'],
    ['created_from=yesterday', 'created_from'],
    ['created_from=2026-11-20', 'created_from'],
    ['created_to=2026-13-01T00:00:00Z', 'created_to'],
    ['created_to=2026-11-20T23:59:60Z', 'created_to'],
    ['created_to=2026-02-30T00:00:00Z', 'created_to'],
    ['q=', 'q'],
    ['q=%00', 'q'],
    ['customer_id=a%00b', 'customer_id'],
    [`q=${'x'.repeat(256)}`, 'q'],
    ['number=1001', 'number'],
    ['total_amount=1', 'total_amount'],
  ])('is refused: ?%s', async (query, field) => {
    const answer = await list(`?${query}`);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
  });
});

describe('one order for the admin', () => {
  it('is anybody’s, as its buyer sees it', async () => {
    const buyer = api.customer();
    const id = await ordered(buyer, 2, VISA);

    const answer = await api.admin().get(`/v1/admin/orders/${id}`);

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual((await buyer.get(`/v1/orders/${id}`)).body);
  });

  it.each([
    ['unknown', newId('ord')],
    ['no id', 'ord_1'],
    ['U+0000', '%00'],
    ['a product', newId('prod')],
  ])('is not found where it is %s', async (_, id) => {
    const answer = await api.admin().get(`/v1/admin/orders/${id}`);

    expect([answer.status, answer.body.code]).toEqual([404, 'order_not_found']);
  });
});
