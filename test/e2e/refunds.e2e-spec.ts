import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { expectInvariants } from '../support/invariants.js';
import {
  askRefund,
  expectRefundsAgree,
  paidOrder,
  refundsAtStripe,
  SHIPPING,
  sweepRefunds,
  TOTAL,
  UNIT_PRICE,
} from '../support/refunding.js';
import { stockedProduct } from '../support/shop.js';
import { cancel, everything, freshKey, ledgerOf, order, recordPayment, stockOf } from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterEach(() => expectInvariants(api.database));

afterAll(async () => {
  try {
    await sweepRefunds(api);
    await expectRefundsAgree(api);
  } finally {
    await api.close();
  }
});

const orderOf = async (id: string) => (await api.admin().get(`/v1/admin/orders/${id}`).expect(200)).body;

/** Asks for a refund and lets the worker send it. */
async function refunded(orderId: string, body: object = {}) {
  const { body: refund } = await askRefund(api, orderId, body).expect(202);
  await sweepRefunds(api);
  return refund;
}

describe('a refund', () => {
  //
  it('gives everything back, shipping included, and puts the goods on the shelf', async () => {
    const { id, product, itemId } = await paidOrder(api);
    expect(await stockOf(api, product)).toEqual([7, 0]);

    const asked = await askRefund(api, id).expect(202);

    expect(asked.body).toEqual({
      id: expect.stringMatching(/^ref_[0-9a-z]{26}$/),
      ...{ order_id: id, amount: TOTAL, currency: 'usd', status: 'requested', reason: null, failure_code: null },
      ...{ restock: true, external: false, created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) },
      items: [{ item_id: itemId, product_id: product, quantity: 3 }],
    });
    expect(await orderOf(id)).toMatchObject({ status: 'paid', refunded_amount: 0, version: 2 });
    expect(await refundsAtStripe(api, id)).toEqual([]);
    await sweepRefunds(api);
    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'refunded', payment_status: 'refunded', refunded_amount: TOTAL, allowed_transitions: [] },
      items: [{ refunded_quantity: 3, restocked_quantity: 3 }],
      shipment: { status: 'cancelled' },
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
    expect((await api.admin().get(`/v1/admin/refunds/${asked.body.id}`).expect(200)).body).toEqual({
      ...asked.body,
      status: 'succeeded',
    });
    expect(await refundsAtStripe(api, id)).toMatchObject([
      { amount: TOTAL, currency: 'usd', refund_id: asked.body.id, status: 'succeeded' },
    ]);
  });

  //
  it('of some units gives their price back and leaves the order paid', async () => {
    const { id, product } = await paidOrder(api);

    const refund = await refunded(id, { items: [{ product_id: product, quantity: 1 }], reason: 'scratched 😕' });

    expect(refund).toMatchObject({ amount: UNIT_PRICE, reason: 'scratched 😕' });
    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'paid', payment_status: 'partially_refunded', refunded_amount: UNIT_PRICE },
      items: [{ refunded_quantity: 1, restocked_quantity: 1 }],
      shipment: { status: 'ready' },
    });
    expect(await stockOf(api, product)).toEqual([8, 0]);
  });

  it('of all units keeps the shipping, which goes back with all that is left', async () => {
    const { id, product, itemId } = await paidOrder(api);

    await refunded(id, { items: [{ item_id: itemId, quantity: 3 }] });
    expect(await orderOf(id)).toMatchObject({ status: 'paid', refunded_amount: TOTAL - SHIPPING });
    const rest = await refunded(id);

    expect(rest).toMatchObject({ amount: SHIPPING, items: [] });
    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'refunded', refunded_amount: TOTAL },
      items: [{ refunded_quantity: 3, restocked_quantity: 3 }],
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });

  it('of an amount moves money and nothing else, also where it is all of it', async () => {
    const { id, product } = await paidOrder(api);

    const first = await refunded(id, { amount: 1 });
    expect([first.amount, first.items]).toEqual([1, []]);
    expect(await orderOf(id)).toMatchObject({
      status: 'paid',
      payment_status: 'partially_refunded',
      refunded_amount: 1,
    });
    await refunded(id, { amount: TOTAL - 1 });

    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'refunded', payment_status: 'refunded', refunded_amount: TOTAL },
      items: [{ refunded_quantity: 0, restocked_quantity: 0 }],
    });
    expect(await stockOf(api, product)).toEqual([7, 0]);
  });

  it('of an amount for items gives that money, while the items go back on the shelf', async () => {
    const { id, product, itemId } = await paidOrder(api);

    const refund = await refunded(id, { amount: 500, items: [{ item_id: itemId, product_id: product, quantity: 2 }] });

    expect(refund).toMatchObject({ amount: 500, items: [{ item_id: itemId, quantity: 2 }] });
    expect(await orderOf(id)).toMatchObject({
      refunded_amount: 500,
      items: [{ refunded_quantity: 2, restocked_quantity: 2 }],
    });
    expect(await stockOf(api, product)).toEqual([9, 0]);
  });

  it('may leave the goods where they are', async () => {
    const { id, product } = await paidOrder(api);

    await refunded(id, { items: [{ product_id: product, quantity: 1 }], restock: false });
    await refunded(id, { restock: false });

    expect(await orderOf(id)).toMatchObject({
      status: 'refunded',
      items: [{ refunded_quantity: 3, restocked_quantity: 0 }],
    });
    expect(await stockOf(api, product)).toEqual([7, 0]);
  });

  it('takes members that are null for ones that are not there', async () => {
    const { id, product } = await paidOrder(api);

    const refund = await refunded(id, { items: null, amount: null, reason: null, restock: null });

    expect(refund).toMatchObject({ amount: TOTAL, restock: true, items: [{ product_id: product, quantity: 3 }] });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });

  it('of an order that has left the house changes its payment status alone', async () => {
    const { id, product } = await paidOrder(api);
    await api.admin().post(`/v1/admin/orders/${id}/fulfill`, {}).expect(200);

    await refunded(id, { items: [{ product_id: product, quantity: 1 }] });
    expect(await orderOf(id)).toMatchObject({ status: 'fulfilled', payment_status: 'partially_refunded' });
    await api.admin().post(`/v1/admin/orders/${id}/archive`, {}).expect(200);
    await refunded(id);

    expect(await orderOf(id)).toMatchObject({
      ...{ status: 'archived', payment_status: 'refunded', fulfillment_status: 'shipped', refunded_amount: TOTAL },
      shipment: { status: 'shipped' },
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });
});

describe('money that was taken outside of Stripe', () => {
  async function paidAtTheTill() {
    const product = await stockedProduct(api, { unitPrice: 1_500, onHand: 5 });
    const buyer = api.customer();
    const { body } = await order(buyer, [{ product_id: product, quantity: 2 }], { provider: 'manual' }).expect(201);
    await recordPayment(api.admin(), body.id, 'till receipt 4711').expect(200);
    return { id: body.id, buyer, product };
  }

  it('is given back at once and without Stripe', async () => {
    const { id, product } = await paidAtTheTill();
    // What other tests left to be sent is none of this one's.
    await sweepRefunds(api);
    const { calls } = await ledgerOf(api);

    const part = await askRefund(api, id, { items: [{ product_id: product, quantity: 1 }] }).expect(202);
    expect(await orderOf(id)).toMatchObject({ payment_status: 'partially_refunded', refunded_amount: 1_500 });
    const rest = await askRefund(api, id).expect(202);

    expect([part.body.status, rest.body.status]).toEqual(['succeeded', 'succeeded']);
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', payment_status: 'refunded', refunded_amount: 3_000 });
    expect(await stockOf(api, product)).toEqual([5, 0]);
    expect(await sweepRefunds(api)).toBe(0);
    expect((await ledgerOf(api)).calls).toEqual(calls);
    const again = await api.admin().post(`/v1/admin/refunds/${rest.body.id}/retry`);
    expect([again.status, again.body.code]).toEqual([400, 'refund_not_retryable']);
  });

  it('ends its order at once where the buyer gives it up', async () => {
    const { id, buyer, product } = await paidAtTheTill();

    const answer = await cancel(buyer, id).expect(200);

    expect(answer.body).toMatchObject({ status: 'refunded', payment_status: 'refunded', refunded_amount: 3_000 });
    expect(await stockOf(api, product)).toEqual([5, 0]);
  });
});

describe('a refund is refused', () => {
  it.each([
    ['no money', { amount: 0 }, 'amount'],
    ['less than no money', { amount: -1 }, 'amount'],
    ['half a cent', { amount: 1.5 }, 'amount'],
    ['an amount in words', { amount: '1' }, 'amount'],
    ['an amount past all sums', { amount: 2 ** 53 }, 'amount'],
    ['1e21', { amount: 1e21 }, 'amount'],
    ['no items', { items: [] }, 'items'],
    ['items that are none', { items: 'all' }, 'items'],
    ['an item without a name', { items: [{ quantity: 1 }] }, 'items.0.item_id'],
    ['an item whose name is null', { items: [{ product_id: null, quantity: 1 }] }, 'items.0.item_id'],
    ['no unit', { items: [{ product_id: 'p', quantity: 0 }] }, 'items.0.quantity'],
    ['a unit taken away', { items: [{ product_id: 'p', quantity: -1 }] }, 'items.0.quantity'],
    ['half a unit', { items: [{ product_id: 'p', quantity: 1.5 }] }, 'items.0.quantity'],
    ['a unit in words', { items: [{ product_id: 'p', quantity: '1' }] }, 'items.0.quantity'],
    ['units past all sums', { items: [{ product_id: 'p', quantity: 2 ** 53 }] }, 'items.0.quantity'],
    ['an item with more to it', { items: [{ product_id: 'p', quantity: 1, unit_price: 1 }] }, 'items.0.unit_price'],
    ['a reason that is none', { reason: '' }, 'reason'],
    ['perhaps on the shelf', { restock: 'yes' }, 'restock'],
    ['a currency', { currency: 'eur' }, 'currency'],
    ['a status', { status: 'succeeded' }, 'status'],
    ['what only Stripe makes', { external: true }, 'external'],
  ])('where it asks for %s', async (_, body, field) => {
    const { id } = await paidOrder(api);
    const before = await everything(api);

    const answer = await askRefund(api, id, body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });

  //
  it('above the units that are left, however they are named and also while others are under way', async () => {
    const { id, product, itemId } = await paidOrder(api);
    const other = await stockedProduct(api);
    await askRefund(api, id, { items: [{ product_id: product, quantity: 1 }] }).expect(202);
    const before = await everything(api);

    const named = [
      [{ item_id: itemId, quantity: 3 }],
      [
        { product_id: product, quantity: 1 },
        { product_id: product, quantity: 1 },
        { item_id: itemId, quantity: 1 },
      ],
      [{ product_id: product, quantity: 1_000_000 }],
    ];
    const tooMany = await Promise.all(named.map((items) => askRefund(api, id, { items, amount: 1 })));
    const unknown = [
      { product_id: other, quantity: 1 },
      { item_id: newId('item'), quantity: 1 },
      { item_id: itemId, product_id: other, quantity: 1 },
    ];
    const notOrdered = await Promise.all(unknown.map((item) => askRefund(api, id, { items: [item] })));

    expect(tooMany.map(({ status, body }) => [status, body.code, body.items])).toEqual([
      [422, 'refund_exceeds_ordered', [{ item_id: itemId, requested: 3, refundable: 2 }]],
      [422, 'refund_exceeds_ordered', [{ item_id: itemId, requested: 3, refundable: 2 }]],
      [422, 'refund_exceeds_ordered', [{ item_id: itemId, requested: 1_000_000, refundable: 2 }]],
    ]);
    expect(notOrdered.map(({ status, body }) => [status, body.code, body.items[0].refundable])).toEqual(
      Array(3).fill([422, 'refund_exceeds_ordered', 0]),
    );
    expect(await everything(api)).toEqual(before);
  });

  //
  it('above the money that is left, also while other refunds are under way', async () => {
    const { id, itemId } = await paidOrder(api);
    const before = await everything(api);

    const tooMuch = await askRefund(api, id, { amount: TOTAL + 1 });
    expect([tooMuch.status, tooMuch.body.code]).toEqual([422, 'refund_exceeds_captured']);
    expect(tooMuch.body).toMatchObject({ requested: TOTAL + 1, refundable: TOTAL });
    expect(await everything(api)).toEqual(before);
    await askRefund(api, id, { amount: 3_000 }).expect(202);
    const units = await askRefund(api, id, { items: [{ item_id: itemId, quantity: 2 }] });

    expect([units.status, units.body.code]).toEqual([422, 'refund_exceeds_captured']);
    expect(units.body).toMatchObject({ requested: 4_000, refundable: TOTAL - 3_000 });
  });

  //
  it('where there is no money to give back', async () => {
    const product = await stockedProduct(api, { onHand: 9 });
    const buyer = api.customer();
    const lines = [{ product_id: product, quantity: 1 }];
    const waiting = (await order(buyer, lines).expect(201)).body.id;
    const declined = (await order(buyer, lines, { payment_method: 'pm_card_chargeDeclined' }).expect(402)).body
      .order_id;
    const cancelled = (await order(buyer, lines).expect(201)).body.id;
    await cancel(buyer, cancelled).expect(200);
    const { id: back } = await paidOrder(api);
    await refunded(back);
    const before = await everything(api);

    const bodies = [{}, { amount: 1 }];
    const answers = [];
    for (const id of [waiting, declined, cancelled]) {
      for (const body of bodies) answers.push(await askRefund(api, id, body));
    }
    const nothingLeft = await askRefund(api, back);
    const nobody = await askRefund(api, newId('ord'));

    expect(answers.map(({ status, body }) => [status, body.code, body.current_status])).toEqual([
      ...Array(2).fill([400, 'order_not_paid', 'created']),
      ...Array(2).fill([400, 'order_not_paid', 'payment_failed']),
      ...Array(2).fill([400, 'order_not_paid', 'cancelled']),
    ]);
    expect([nothingLeft.status, nothingLeft.body.code]).toEqual([400, 'order_not_paid']);
    expect([nobody.status, nobody.body.code]).toEqual([404, 'order_not_found']);
    expect(await everything(api)).toEqual(before);
  });

  it('to anybody but an admin', async () => {
    const { id, buyer } = await paidOrder(api);
    const refund = (await askRefund(api, id, { amount: 1 }).expect(202)).body.id;
    const before = await everything(api);
    const paths = [`orders/${id}/refunds`, `orders/${id}/review`, `refunds/${refund}/retry`];

    for (const path of paths) {
      const key = { idempotencyKey: freshKey() };
      const nobody = await api.http.post(`/v1/admin/${path}`).send({});
      const customer = await buyer.post(`/v1/admin/${path}`, {}, key);
      const service = await api.internal().post(`/v1/admin/${path}`, {}, key);
      expect([path, nobody.status, customer.status, service.status]).toEqual([path, 401, 403, 401]);
    }
    for (const path of ['refunds', `refunds/${refund}`]) {
      const [nobody, customer] = [await api.http.get(`/v1/admin/${path}`), await buyer.get(`/v1/admin/${path}`)];
      expect([path, nobody.status, customer.status]).toEqual([path, 401, 403]);
    }
    expect(await everything(api)).toEqual(before);
  });
});

describe('the key of a refund', () => {
  it('is required, makes a repeat answer byte for byte the same, and belongs to one request', async () => {
    const { id } = await paidOrder(api);
    const { id: elsewhere } = await paidOrder(api);
    const keyless = await api.admin().post(`/v1/admin/orders/${id}/refunds`, { amount: 100 });
    expect([keyless.status, keyless.body.code]).toEqual([400, 'idempotency_key_required']);

    const first = await askRefund(api, id, { amount: 100, reason: 'late' }, 'one-intent').expect(202);
    await sweepRefunds(api);
    const before = await everything(api);
    const again = await askRefund(api, id, { reason: 'late', amount: 100 }, 'one-intent');
    const other = await askRefund(api, id, { amount: 101, reason: 'late' }, 'one-intent');
    const otherOrder = await askRefund(api, elsewhere, { amount: 100, reason: 'late' }, 'one-intent');

    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([202, first.text, 'true']);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect([otherOrder.status, otherOrder.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(await everything(api)).toEqual(before);
    expect(await refundsAtStripe(api, id)).toHaveLength(1);
  });

  it('remembers a refusal as well', async () => {
    const { id } = await paidOrder(api);

    const first = await askRefund(api, id, { amount: TOTAL + 1 }, 'too-much');
    const again = await askRefund(api, id, { amount: TOTAL + 1 }, 'too-much');

    expect([again.status, again.text]).toEqual([422, first.text]);
  });
});

describe('refunds at once', () => {
  //
  it('never promise more than was captured to twenty', async () => {
    const { id } = await paidOrder(api);
    const part = 1_000;

    const answers = await Promise.all(Array.from({ length: 20 }, () => askRefund(api, id, { amount: part })));
    await sweepRefunds(api);

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(6);
    expect(answers.filter(({ body }) => body.code === 'refund_exceeds_captured')).toHaveLength(14);
    expect(await orderOf(id)).toMatchObject({ refunded_amount: part * 6, payment_status: 'partially_refunded' });
  });

  it('of everything are one', async () => {
    const { id, product } = await paidOrder(api);

    const answers = await Promise.all([askRefund(api, id), askRefund(api, id), askRefund(api, id)]);
    await Promise.all([sweepRefunds(api), sweepRefunds(api)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([202, 400, 400]);
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', refunded_amount: TOTAL });
    expect(await stockOf(api, product)).toEqual([10, 0]);
    expect(await refundsAtStripe(api, id)).toHaveLength(1);
  });
});

describe('a paid order that its buyer gives up', () => {
  it('gets all of its money back', async () => {
    const { id, buyer, product } = await paidOrder(api);

    const cancelled = await cancel(buyer, id, { reason: 'changed my mind' });

    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'paid']);
    await sweepRefunds(api);
    expect((await buyer.get(`/v1/orders/${id}`).expect(200)).body).toMatchObject({
      status: 'refunded',
      refunded_amount: TOTAL,
    });
    expect(await stockOf(api, product)).toEqual([10, 0]);
  });

  it('while a part is under way gets the rest, and once all of it is under way nothing more', async () => {
    const { id, buyer, product } = await paidOrder(api);
    await askRefund(api, id, { items: [{ product_id: product, quantity: 1 }] }).expect(202);

    await cancel(buyer, id).expect(200);
    const again = await cancel(buyer, id);
    const byAdmin = await api.admin().post(`/v1/admin/orders/${id}/cancel`, {}, { idempotencyKey: freshKey() });

    expect([again.status, again.body.status, byAdmin.status]).toEqual([200, 'paid', 200]);
    await sweepRefunds(api);
    expect((await refundsAtStripe(api, id)).map(({ amount }) => amount).sort()).toEqual([
      UNIT_PRICE,
      TOTAL - UNIT_PRICE,
    ]);
    expect(await orderOf(id)).toMatchObject({ status: 'refunded', items: [{ refunded_quantity: 3 }] });
    expect(await stockOf(api, product)).toEqual([10, 0]);
    const afterwards = await cancel(buyer, id);
    expect([afterwards.status, afterwards.body.code]).toEqual([400, 'invalid_transition']);
  });
});

describe('the list of refunds', () => {
  it('comes newest first, in pages, by status and by order', async () => {
    const { id } = await paidOrder(api);
    const ids: string[] = [];
    for (const amount of [1, 2, 3]) ids.unshift((await askRefund(api, id, { amount }).expect(202)).body.id);
    const list = async (query: string) => (await api.admin().get(`/v1/admin/refunds?${query}`).expect(200)).body;
    const idsOf = (page: { refunds: { id: string }[] }) => page.refunds.map((refund) => refund.id);

    const all = await list(`order_id=${id}`);
    const first = await list(`order_id=${id}&limit=2`);
    const second = await list(`order_id=${id}&limit=2&starting_after=${ids[1]}`);
    const skipped = await list(`order_id=${id}&offset=1`);

    expect(idsOf(all)).toEqual(ids);
    expect(all).toMatchObject({ total_count: 3, limit: 20, offset: 0, has_more: false });
    expect([idsOf(first), first.has_more, first.total_count]).toEqual([ids.slice(0, 2), true, 3]);
    expect([idsOf(second), second.has_more, second.total_count]).toEqual([ids.slice(2), false, 3]);
    expect([idsOf(skipped), skipped.offset]).toEqual([ids.slice(1), 1]);
    expect(idsOf(await list(`order_id=${id}&status=requested`))).toEqual(ids);
    expect(idsOf(await list(`order_id=${id}&status=succeeded`))).toEqual([]);
    expect(idsOf(await list(`order_id=${newId('ord')}`))).toEqual([]);
    expect(idsOf(await list('limit=3'))).toEqual(ids);
    await sweepRefunds(api);
    expect(idsOf(await list(`order_id=${id}&status=succeeded`))).toEqual(ids);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'offset=-1',
    'offset=0&starting_after=ref_01kaf5d3m0e9wtsz1v5b7x2y4q',
    'starting_after=yesterday',
    'status=gone',
    'order_id=%00',
    'colour=red',
  ])('refuses %s', async (query) => {
    const answer = await api.admin().get(`/v1/admin/refunds?${query}`);

    expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
  });

  it.each(['nothing', 'ref_', newId('ref'), newId('ord')])('has no refund %s', async (id) => {
    const [one, retried] = [
      await api.admin().get(`/v1/admin/refunds/${id}`),
      await api.admin().post(`/v1/admin/refunds/${id}/retry`),
    ];

    expect([one.status, one.body.code]).toEqual([404, 'refund_not_found']);
    expect([retried.status, retried.body.code]).toEqual([404, 'refund_not_found']);
  });
});
