import { startApi, type TestApi } from '../support/api.js';
import { inboxRow, workAll, workInbox } from '../support/inbox.js';
import { expectInvariants, expectSettled } from '../support/invariants.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import {
  auditOf,
  authenticate,
  buyCart,
  cartOf,
  confirmAsClient,
  eventTypes,
  intentOf,
  stockOf,
} from '../support/storefront.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterEach(() => expectInvariants(api.database));

afterAll(() => api.close());

/** An order whose intent waits for the client. */
async function openOrder(quantity = 2) {
  const product = await stockedProduct(api, { unitPrice: 2_500, onHand: 5 });
  const buyer = api.customer();
  const { status, body } = await buyCart(buyer, [{ product_id: product, quantity }]);
  expect(status).toBe(201);
  const secret: string = body.payment.client_secret;
  const id: string = body.id;
  return { product, buyer, id, secret };
}

/** Works on what the sandbox sends until the order looks like this. */
function becomes(orderId: string, expected: object) {
  return eventually(async () => {
    await workInbox(api);
    const { body } = await api.admin().get(`/v1/admin/orders/${orderId}`).expect(200);
    expect(body).toMatchObject(expected);
    return body;
  });
}

async function eventIds(orderId: string, type: string): Promise<string[]> {
  const intent = await intentOf(api, orderId);
  const rows = await api.database.query<{ provider_event_id: string }>(
    'SELECT provider_event_id FROM webhook_events WHERE type = $1 AND payload LIKE $2 ORDER BY id',
    [type, `%${intent.id}%`],
  );
  return rows.map((row) => row.provider_event_id);
}

//
describe('a payment that the client confirms by himself', () => {
  it('is learned of by webhook alone', async () => {
    const { product, id, secret } = await openOrder(2);
    expect(await confirmAsClient(api, secret, 'pm_card_visa')).toBe(200);

    const order = await becomes(id, { status: 'paid', payment_status: 'paid', shipment: { status: 'ready' } });

    const [event] = await eventIds(id, 'payment_intent.succeeded');
    expect(order.version).toBe(2);
    expect((await auditOf(api, id)).at(-1)).toMatchObject({
      event_type: 'order_paid',
      actor_id: 'system:stripe',
      trace_id: event,
    });
    expect(await stockOf(api, product)).toEqual([3, 0]);
  });
});
