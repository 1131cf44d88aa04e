import { SubmitRefunds } from '../../../src/refunds/use-cases/submit-refunds.use-case.js';
import { useService } from '../../acceptance/service.js';
import { eventFaults, type OutboxRow } from '../../support/events.js';
import { cancel, freshKey, order } from '../../support/storefront.js';

const service = useService({ committed: true });

const events = () => service.rows<OutboxRow>('SELECT * FROM outbox_events ORDER BY aggregate_id, version');
const typesOf = async (subject: string) =>
  (await events()).filter(({ aggregate_id }) => aggregate_id === subject).map(({ version, type }) => [version, type]);
const VISA = { payment_method: 'pm_card_visa' };

async function refund(orderId: string, body: object): Promise<string> {
  const path = `/v1/admin/orders/${orderId}/refunds`;
  const answer = await service.admin().post(path, body, { idempotencyKey: freshKey() }).expect(202);
  await service.app.get(SubmitRefunds, { strict: false }).sweep();
  return answer.body.id;
}

//
describe('what is told', () => {
  it('of a refund is each step of it, and of its order what it has done', async () => {
    const mug = await service.product({ unitPrice: 2_500 });
    const { body } = await order(service.customer(), [{ product_id: mug, quantity: 2 }], VISA);

    const first = await refund(body.id, { items: [{ product_id: mug, quantity: 1 }], reason: 'broken' });
    const second = await refund(body.id, {});

    const steps = [
      [1, 'refund.requested'],
      [2, 'refund.submitted'],
      [3, 'refund.succeeded'],
    ];
    expect(await typesOf(first)).toEqual(steps);
    expect(await typesOf(second)).toEqual(steps);
    expect(await typesOf(body.id)).toEqual([
      [1, 'order.created'],
      [2, 'order.paid'],
      [3, 'order.partially_refunded'],
      [4, 'order.refunded'],
    ]);
    const [requested] = (await events()).filter(({ aggregate_id }) => aggregate_id === first);
    expect(JSON.parse(requested?.payload ?? '')).toMatchObject({
      refund_id: first,
      order_id: body.id,
      amount_cents: 2_500,
      reason: 'broken',
      items: [{ item_id: body.items[0].id, qty: 1 }],
    });
  });

  it('has the form that the table of events says, and versions without a gap', async () => {
    const mug = await service.product({ unitPrice: 2_500 });
    const lines = [{ product_id: mug, quantity: 1 }];
    const buyer = service.customer();
    await order(buyer, lines, { payment_method: 'pm_card_chargeDeclined' });
    const { body: waiting } = await order(buyer, lines);
    await cancel(buyer, waiting.id).expect(200);
    const { body: paid } = await order(buyer, lines, VISA);
    await service.admin().post(`/v1/admin/orders/${paid.id}/fulfill`, {}).expect(200);

    const all = await events();

    expect(all.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        ...['order.created', 'order.payment_failed', 'order.cancelled', 'order.paid', 'order.fulfilled'],
        'stock.changed',
      ]),
    );
    expect(all.flatMap(({ type, payload }) => eventFaults(type, JSON.parse(payload)))).toEqual([]);
    const gaps = await service.rows(
      `SELECT aggregate_id FROM outbox_events GROUP BY aggregate_id
       HAVING count(*) <> max(version) OR min(version) <> 1 OR count(DISTINCT payload::json->>'version') <> count(*)`,
    );
    expect(gaps).toEqual([]);
  });

  it('names the buyer, what he pays and what he bought', async () => {
    const mug = await service.product({ unitPrice: 2_500 });
    const buyer = service.customer('bob');

    const { body } = await order(buyer, [{ product_id: mug, quantity: 2 }], VISA);

    const [created] = (await events()).filter(({ aggregate_id }) => aggregate_id === body.id);
    expect(JSON.parse(created?.payload ?? '')).toMatchObject({
      type: 'order.created',
      order_id: body.id,
      user_email: 'bob@example.com',
      amount_cents: 5_000,
      items: [{ product_id: mug, qty: 2, unit_price_cents: 2_500 }],
    });
  });
});
