import { startApi, type TestApi } from '../support/api.js';
import { stockedProduct, US_ADDRESS } from '../support/shop.js';

let api: TestApi;

beforeAll(async () => {
  api = await startApi({ stripe: true });
});

afterAll(() => api.close());

describe('checkout with a card', () => {
  //
  it('turns a cart into a paid order and takes the stock for good', async () => {
    const mug = await stockedProduct(api, { unitPrice: 2500, onHand: 5 });
    const buyer = api.customer();
    await buyer.put('/v1/cart', { items: [{ product_id: mug, quantity: 2 }] }).expect(200);

    const answer = await buyer.post(
      '/v1/orders/checkout',
      { shipping_address: US_ADDRESS, payment_method: 'pm_card_visa' },
      { idempotencyKey: 'first' },
    );

    expect(answer.body).toMatchObject({ status: 'paid', payment_status: 'paid' });
    expect(answer.status).toBe(201);
  });
});
