import { startRedis } from '../../tools/services.js';
import { startApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/poll.js';
import { stockedProduct } from '../support/shop.js';
import { buyCart, cancel, cartOf, freshKey, order, pay, stockOf } from '../support/storefront.js';

let redis: Awaited<ReturnType<typeof startRedis>>;
let api: TestApi;
beforeAll(async () => {
  redis = await startRedis();
  api = await startApi({ stripe: true, config: { REDIS_URL: `${redis.url}/15` } });
});
afterAll(async () => {
  await api.close();
  await redis.stop();
});

const VISA = { payment_method: 'pm_card_visa' };

//
describe('a shop whose Redis stops', () => {
  it('takes, pays and cancels orders all the same, each once, until Redis is back', async () => {
    const mug = await stockedProduct(api, { unitPrice: 2_500, onHand: 20 });
    const plate = await stockedProduct(api, { unitPrice: 1_250, onHand: 20 });
    const lines = [
      { product_id: mug, quantity: 2 },
      { product_id: plate, quantity: 1 },
    ];
    const buyer = api.customer();
    const [keyBefore, keyMeanwhile] = [freshKey(), freshKey()];
    const before = await order(buyer, lines, VISA, keyBefore);
    const waiting = await order(buyer, lines);
    await redis.stop();
    try {
      const repeated = await order(buyer, lines, VISA, keyBefore);
      const meanwhile = await order(buyer, lines, VISA, keyMeanwhile);
      const repeatedMeanwhile = await order(buyer, lines, VISA, keyMeanwhile);
      const paid = await pay(buyer, waiting.body.id, VISA);
      const declined = await buyCart(buyer, lines, { payment_method: 'pm_card_chargeDeclined' });
      const cancelled = await cancel(buyer, declined.body.order_id);
      const history = await buyer.get('/v1/orders');

      expect(before.status).toBe(201);
      expect([repeated.status, repeated.text]).toEqual([201, before.text]);
      expect(meanwhile.body).toMatchObject({ status: 'paid' });
      expect([repeatedMeanwhile.status, repeatedMeanwhile.text]).toEqual([201, meanwhile.text]);
      expect(paid.body).toMatchObject({ id: waiting.body.id, status: 'paid' });
      expect(declined.body).toMatchObject({ code: 'order_payment_failed' });
      expect(cancelled.body).toMatchObject({ status: 'cancelled' });
      expect(history.body.total_count).toBe(4);
      expect(await cartOf(buyer)).toEqual([
        [mug, 2],
        [plate, 1],
      ]);
      expect(await stockOf(api, mug)).toEqual([14, 0]);
    } finally {
      // Also after a failure: BullMQ does not let go of a Redis that is away when the application closes.
      redis = await startRedis({ port: Number(new URL(redis.url).port) });
      await eventually(() => api.http.get('/health/ready').expect(200, /"status":"ok"/), {
        withinMs: 15_000,
        everyMs: 100,
      });
    }

    const again = await order(buyer, lines, VISA, keyMeanwhile);

    expect([again.status, again.body]).toMatchObject([201, { status: 'paid', total_amount: 6_250 }]);
    expect((await buyer.get('/v1/orders')).body.total_count).toBe(4);
  });
});
