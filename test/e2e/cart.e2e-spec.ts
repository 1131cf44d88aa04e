import { startApi, type TestApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('a cart that was never filled', () => {
  it('is empty, has version 0 and writes no row', async () => {
    const customer = api.customer();

    const answer = await customer.get('/v1/cart');

    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^cart_[0-7][0-9a-hjkmnp-tv-z]{25}$/),
      items: [],
      subtotal: 0,
      currency: null,
      version: 0,
    });
    expect(await api.database.query('SELECT id FROM carts')).toEqual([]);
  });
});
