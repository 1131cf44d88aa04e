import { SubmitRefunds } from '../../src/refunds/use-cases/submit-refunds.use-case.js';
import { ADDRESS, useService } from './service.js';

const service = useService();

async function paidOrder(quantity: number) {
  const product = await service.product({ unitPrice: 1_500, onHand: 10 });
  const buyer = service.customer();
  await buyer.put('/v1/cart', { items: [{ product_id: product, quantity }] }).expect(200);
  const { body } = await buyer
    .post(
      '/v1/orders/checkout',
      { shipping_address: ADDRESS, payment_method: 'pm_card_visa' },
      { idempotencyKey: 'paid' },
    )
    .expect(201);
  const [payment] = await service.rows<{ provider_payment_id: string }>(
    'SELECT provider_payment_id FROM payments WHERE order_id = $1',
    [body.id],
  );
  return { id: body.id, total: body.total_amount, product, intent: payment?.provider_payment_id };
}

function refund(orderId: string, body: object) {
  return service.admin().post(`/v1/admin/orders/${orderId}/refunds`, body, { idempotencyKey: 'refund' });
}

describe('a refund', () => {
  //
  it('of everything brings all stock back and ends the order', async () => {
    const order = await paidOrder(4);

    const { body } = await refund(order.id, {}).expect(202);
    await service.app.get(SubmitRefunds).submit(body.id);

    expect(service.stripe.sdk.refunds.create).toHaveBeenCalledWith(
      expect.objectContaining({ payment_intent: order.intent, amount: order.total }),
      expect.objectContaining({ idempotencyKey: expect.stringContaining(body.id) }),
    );
    expect((await service.admin().get(`/v1/admin/orders/${order.id}`)).body.status).toBe('refunded');
    expect(await service.stock(order.product)).toEqual({ on_hand: 10, reserved: 0 });
    expect(await service.rows('SELECT amount, status FROM refunds WHERE id = $1', [body.id])).toEqual([
      { amount: order.total, status: 'succeeded' },
    ]);
  });

  //
  it('of one unit brings one unit back and leaves the order paid', async () => {
    const order = await paidOrder(4);

    const { body } = await refund(order.id, { items: [{ product_id: order.product, quantity: 1 }] }).expect(202);
    await service.app.get(SubmitRefunds).submit(body.id);

    const after = await service.admin().get(`/v1/admin/orders/${order.id}`);
    expect(after.body).toMatchObject({ status: 'paid', payment_status: 'partially_refunded', refunded_amount: 1_500 });
    expect(await service.stock(order.product)).toEqual({ on_hand: 7, reserved: 0 });
  });

  //
  it('is refused above what was ordered or captured, and nothing is sent', async () => {
    const order = await paidOrder(1);

    const units = await refund(order.id, { items: [{ product_id: order.product, quantity: 2 }] }).expect(422);
    const money = await service
      .admin()
      .post(`/v1/admin/orders/${order.id}/refunds`, { amount: order.total + 1 }, { idempotencyKey: 'more' })
      .expect(422);

    expect([units.body.code, money.body.code]).toEqual(['refund_exceeds_ordered', 'refund_exceeds_captured']);
    expect(service.stripe.sdk.refunds.create).not.toHaveBeenCalled();
    expect(await service.stock(order.product)).toEqual({ on_hand: 9, reserved: 0 });
  });
});
