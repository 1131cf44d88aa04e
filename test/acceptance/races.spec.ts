import { ADDRESS, useService } from './service.js';

const service = useService({ committed: true });

describe('the last unit', () => {
  //
  it('goes to exactly one of three buyers, ten times in a row', async () => {
    for (let round = 0; round < 10; round += 1) {
      const product = await service.product({ onHand: 1 });
      const buyers = Array.from({ length: 3 }, () => service.customer());
      for (const buyer of buyers) {
        await buyer.put('/v1/cart', { items: [{ product_id: product, quantity: 1 }] }).expect(200);
      }

      const results = await Promise.allSettled(
        buyers.map((buyer) =>
          buyer.post(
            '/v1/orders/checkout',
            { shipping_address: ADDRESS, payment_method: 'pm_card_visa' },
            { idempotencyKey: 'race' },
          ),
        ),
      );

      const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
      expect(answers.filter((answer) => answer.body.code === 'order_insufficient_stock')).toHaveLength(2);
      expect(await service.stock(product)).toEqual({ on_hand: 0, reserved: 0 });
    }
    expect(service.stripe.sdk.paymentIntents.create).toHaveBeenCalledTimes(10);
  });
});
