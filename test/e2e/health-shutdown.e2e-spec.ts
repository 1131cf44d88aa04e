import pg from 'pg';
import { startApi, type TestApi } from '../support/api.js';
import { eventually } from '../support/poll.js';
import { addProduct } from '../support/products.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('closing', () => {
  it('finishes the request that is under way and takes no new one', async () => {
    const customer = api.customer();
    const mug = await addProduct((text, parameters) => api.database.query(text, parameters));
    await customer.put('/v1/cart', { items: [{ product_id: mug.id, quantity: 1 }] }).expect(200);
    const blocker = new pg.Client({ connectionString: api.database.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT id FROM carts WHERE customer_id = $1 FOR UPDATE', [customer.id]);

    const underWay = customer
      .put('/v1/cart', { items: [{ product_id: mug.id, quantity: 2 }] })
      .then((answer) => answer);
    await eventually(async () => {
      const waiting = await api.database.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting).toHaveLength(1);
    });
    const closing = api.app.close();
    await eventually(() => expect(api.app.getHttpServer().listening).toBe(false));
    await expect(customer.get('/v1/cart')).rejects.toThrow('ECONNREFUSED');
    await blocker.query('COMMIT');
    await blocker.end();

    const answer = await underWay;
    await closing;

    expect(answer.status).toBe(200);
    expect(answer.body.items).toMatchObject([{ product_id: mug.id, quantity: 2 }]);
    const lines = await api.database.query('SELECT quantity FROM cart_lines');
    expect(lines).toEqual([{ quantity: 2 }]);
  });
});
