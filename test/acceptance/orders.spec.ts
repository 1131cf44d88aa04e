import { ADDRESS, useService } from './service.js';

const service = useService();

function checkout(buyer: ReturnType<typeof service.customer>, key: string, method = 'pm_card_visa') {
  return buyer.post(
    '/v1/orders/checkout',
    { shipping_address: ADDRESS, payment_method: method },
    { idempotencyKey: key },
  );
}

describe('a successful order', () => {
  //
  it('charges 2 × 2500 and shipping, takes the stock and empties the cart', async () => {
    const product = await service.product({ unitPrice: 2_500, onHand: 10 });
    const buyer = service.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 2 }] }).expect(200);

    const { body } = await checkout(buyer, 'one').expect(201);

    expect(body).toMatchObject({ status: 'paid', subtotal: 5_000, shipping_total: 759, total_amount: 5_759 });
    expect(service.stripe.sdk.paymentIntents.create).toHaveBeenCalledTimes(1);
    expect(service.stripe.sdk.paymentIntents.create).toHaveBeenCalledWith(
      expect.objectContaining({
        amount: 5_759,
        currency: 'usd',
        metadata: expect.objectContaining({ order_id: body.id }),
      }),
      expect.objectContaining({ idempotencyKey: expect.stringMatching(/^att_/) }),
    );
    expect(await service.stock(product)).toEqual({ on_hand: 8, reserved: 0 });
    expect((await buyer.get('/v1/cart')).body.items).toEqual([]);
    const history = await buyer.get('/v1/orders').expect(200);
    expect(history.body).toMatchObject({ total_count: 1, orders: [{ id: body.id, status: 'paid' }] });
  });

  it('sells several products in one order', async () => {
    const first = await service.product({ unitPrice: 1_000, onHand: 5 });
    const second = await service.product({ unitPrice: 300, onHand: 5 });
    const buyer = service.customer();
    const items = [
      { product_id: first, quantity: 2 },
      { product_id: second, quantity: 3 },
    ];
    await buyer.put('/v1/cart', { items }).expect(200);

    const { body } = await checkout(buyer, 'several').expect(201);

    expect(body.subtotal).toBe(2_900);
    expect(await service.stock(first)).toEqual({ on_hand: 3, reserved: 0 });
    expect(await service.stock(second)).toEqual({ on_hand: 2, reserved: 0 });
  });
});

describe('an order that cannot be', () => {
  //
  it('is refused where one of several products is short, and takes nothing of the others', async () => {
    const plenty = await service.product({ title: 'Plenty', onHand: 5 });
    const few = await service.product({ title: 'Few', onHand: 1 });
    const buyer = service.customer();
    const items = [
      { product_id: plenty, quantity: 1 },
      { product_id: few, quantity: 2 },
    ];
    await buyer.put('/v1/cart', { items }).expect(200);

    const refused = await checkout(buyer, 'short').expect(409);

    expect(refused.body).toMatchObject({
      code: 'order_insufficient_stock',
      items: [{ product_id: few, title: 'Few', requested: 2, available: 1 }],
    });
    expect(service.stripe.sdk.paymentIntents.create).not.toHaveBeenCalled();
    expect(await service.stock(plenty)).toEqual({ on_hand: 5, reserved: 0 });
    expect((await buyer.get('/v1/cart')).body.items).toHaveLength(2);
    expect((await buyer.get('/v1/orders')).body.orders).toEqual([]);
  });

  //
  it('keeps the cart and the stock when the card is declined, and remembers the failure', async () => {
    const product = await service.product({ onHand: 3 });
    const buyer = service.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 3 }] }).expect(200);

    const declined = await checkout(buyer, 'declined', 'pm_card_chargeDeclined').expect(402);
    const again = await checkout(buyer, 'declined', 'pm_card_chargeDeclined').expect(402);

    expect(declined.body).toMatchObject({ code: 'order_payment_failed', decline_code: 'generic_decline' });
    expect(again.body).toEqual(declined.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(service.stripe.sdk.paymentIntents.create).toHaveBeenCalledTimes(1);
    expect(await service.stock(product)).toEqual({ on_hand: 3, reserved: 0 });
    expect((await buyer.get('/v1/cart')).body.items).toMatchObject([{ product_id: product, quantity: 3 }]);
    expect((await buyer.get('/v1/orders')).body.orders).toMatchObject([{ status: 'payment_failed' }]);
  });
});

describe('the same request twice', () => {
  //
  it('makes one order and one charge, also with Redis emptied in between', async () => {
    const product = await service.product({ onHand: 5 });
    const buyer = service.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 1 }] }).expect(200);

    const first = await checkout(buyer, 'twice').expect(201);
    await service.redis.client.flushdb();
    const second = await checkout(buyer, 'twice').expect(201);

    expect(second.text).toBe(first.text);
    expect(service.stripe.sdk.paymentIntents.create).toHaveBeenCalledTimes(1);
    expect(await service.rows('SELECT id FROM orders WHERE customer_id = $1', [buyer.id])).toHaveLength(1);
    expect(await service.stock(product)).toEqual({ on_hand: 4, reserved: 0 });
  });
});
