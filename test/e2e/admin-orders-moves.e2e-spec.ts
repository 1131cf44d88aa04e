import { newId } from '../../src/kernel/id.js';
import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct } from '../support/shop.js';
import { auditOf, buyCart, cancel, everything, order } from '../support/storefront.js';

let api: TestApi;
let mug: string;
let plate: string;
beforeAll(async () => {
  api = await startApi({ stripe: true });
  mug = await stockedProduct(api, { title: 'Blue mug', unitPrice: 2_500, onHand: 1_000 });
  plate = await stockedProduct(api, { title: 'Deep plate', unitPrice: 1_250, onHand: 1_000 });
});
afterAll(() => api.close());

const VISA = { payment_method: 'pm_card_visa' };
const lines = () => [
  { product_id: mug, quantity: 2 },
  { product_id: plate, quantity: 1 },
];
const move = (id: string, name: 'fulfill' | 'archive', body?: object) =>
  api.admin('warehouse').post(`/v1/admin/orders/${id}/${name}`, body);

/** An order in this state, and its buyer. */
async function orderThatIs(status: string) {
  const buyer = api.customer();
  const paidBy: Readonly<Record<string, object>> = {
    created: {},
    payment_failed: { payment_method: 'pm_card_chargeDeclined' },
    cancelled: {},
  };
  const { body } = await order(buyer, lines(), paidBy[status] ?? VISA);
  const id: string = body.id ?? body.order_id;
  if (status === 'cancelled') await cancel(buyer, id).expect(200);
  if (status === 'fulfilled' || status === 'archived') await move(id, 'fulfill').expect(200);
  if (status === 'archived') await move(id, 'archive').expect(200);
  return { id, buyer };
}

describe('fulfilling an order', () => {
  //
  it('ships its parcel with the tracking and tells the buyer', async () => {
    const buyer = api.customer();
    const { body: paid } = await buyCart(buyer, lines(), VISA);
    const tracking = { carrier: 'UPS', number: '1Z999AA10123456784', url: 'https://ups.example/track/1Z999AA1' };

    const answer = await move(paid.id, 'fulfill', { tracking });

    expect(answer.status).toBe(200);
    const { payment: _, ...before } = paid;
    expect(answer.body).toEqual({
      ...before,
      ...{ status: 'fulfilled', fulfillment_status: 'shipped', allowed_transitions: ['archived'], version: 3 },
      shipment: { ...paid.shipment, status: 'shipped', tracking },
      updated_at: answer.body.updated_at,
    });
    expect(answer.body.updated_at > paid.updated_at).toBe(true);
    expect((await buyer.get(`/v1/orders/${paid.id}`)).body).toEqual(answer.body);
    expect((await auditOf(api, paid.id)).at(-1)).toMatchObject({
      ...{ event_type: 'order_fulfilled', actor_id: 'warehouse' },
      previous_state: { status: 'paid', fulfillment_status: 'unfulfilled', version: 2 },
      new_state: { status: 'fulfilled', fulfillment_status: 'shipped', version: 3 },
    });
  });

  it('needs neither tracking nor an address nor a body', async () => {
    const { id } = await orderThatIs('paid');
    const { id: other } = await orderThatIs('paid');

    const bare = await move(id, 'fulfill');
    const numberOnly = await move(other, 'fulfill', { tracking: { number: 'A1' } });

    expect(bare.body).toMatchObject({ status: 'fulfilled', fulfillment_status: 'shipped', shipment: null });
    expect(numberOnly.status).toBe(200);
  });

  it.each<[string, object]>([
    ['tracking', { tracking: 'A1' }],
    ['tracking', { tracking: [] }],
    ['tracking.number', { tracking: {} }],
    ['tracking.number', { tracking: { number: '' } }],
    ['tracking.number', { tracking: { number: 1 } }],
    ['tracking.number', { tracking: { number: 'x'.repeat(129) } }],
    ['tracking.carrier', { tracking: { number: 'A1', carrier: 7 } }],
    ['tracking.url', { tracking: { number: 'A1', url: 'ftp://ups.example/track' } }],
    ['tracking.url', { tracking: { number: 'A1', url: 'ups.example' } }],
    ['tracking.status', { tracking: { number: 'A1', status: 'lost' } }],
    ['status', { status: 'fulfilled' }],
  ])('is refused for a wrong %s: %j', async (field, body) => {
    const { id } = await orderThatIs('paid');
    const before = await everything(api);

    const answer = await move(id, 'fulfill', body);

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ field }] });
    expect(await everything(api)).toEqual(before);
  });
});

describe('archiving an order', () => {
  //
  it('puts it away for good; its history stays to be seen', async () => {
    const { id, buyer } = await orderThatIs('fulfilled');

    const answer = await move(id, 'archive');

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{ id, status: 'archived', payment_status: 'paid', fulfillment_status: 'shipped' },
      ...{ allowed_transitions: [], version: 4 },
    });
    expect((await buyer.get('/v1/orders')).body.orders).toEqual([answer.body]);
  });
});

//
describe('a move that the state of an order does not allow', () => {
  it.each([
    ...['created', 'payment_failed', 'cancelled', 'fulfilled', 'archived'].map((from) => ['fulfill', from] as const),
    ...['created', 'payment_failed', 'cancelled', 'paid', 'archived'].map((from) => ['archive', from] as const),
  ])('%s of a %s one is refused, changes nothing and leaves a trace', async (name, from) => {
    const to = name === 'fulfill' ? 'fulfilled' : 'archived';
    const { id } = await orderThatIs(from);
    const { body: before } = await api.admin().get(`/v1/admin/orders/${id}`);

    const answer = await move(id, name);

    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      ...{ code: 'invalid_transition', order_id: id, current_status: from, requested_status: to },
      detail: `Cannot transition from '${from}' to '${to}'`,
    });
    expect((await api.admin().get(`/v1/admin/orders/${id}`)).body).toEqual(before);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      ...{ event_type: 'invalid_transition_attempted', actor_id: 'warehouse' },
      previous_state: { status: from, version: before.version },
      new_state: { status: from, requested_status: to },
      trace_id: answer.headers['x-trace-id'],
    });
  });

  it.each(['fulfill', 'archive'] as const)('%s of an unknown order is 404', async (name) => {
    const before = await everything(api);

    const answers = [await move(newId('ord'), name), await move('ord_1', name)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'order_not_found'],
      [404, 'order_not_found'],
    ]);
    expect(await everything(api)).toEqual(before);
  });

  it.each(['fulfill', 'archive'] as const)('%s is nothing for the buyer himself', async (name) => {
    const { id, buyer } = await orderThatIs(name === 'fulfill' ? 'paid' : 'fulfilled');
    const before = await everything(api);

    const answer = await buyer.post(`/v1/admin/orders/${id}/${name}`);

    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    expect(await everything(api)).toEqual(before);
  });
});
