import { DataSource } from 'typeorm';
import { growOrders } from '../../../bench/shop/grown-orders.js';
import { dataSourceOptions } from '../../../src/platform/database/index.js';
import { startApi, type TestApi } from '../../support/api.js';
import { scannedWhenPrepared } from '../../support/plans.js';
import { recordStatements } from '../../support/statements.js';
import { stockedProduct, US_ADDRESS } from '../../support/shop.js';

const LARGE = ['products', 'stock_levels', 'orders', 'order_items', 'payments', 'reservations'];

describe('a purchase among a thousand products', () => {
  let api: TestApi;
  let source: DataSource;

  beforeAll(async () => {
    api = await startApi();
    await growOrders(api.database.url, 300);
    source = await new DataSource(dataSourceOptions(api.database.url, 'api', 1)).initialize();
  }, 60_000);
  afterAll(async () => {
    await source.destroy();
    await api.close();
  });

  it('reads none of its tables from end to end', async () => {
    const products = [await stockedProduct(api), await stockedProduct(api)];
    const items = products.map((product) => ({ product_id: product, quantity: 1 }));
    const customer = api.customer();

    const log = await recordStatements(async () => {
      await customer.put('/v1/cart', { items }).expect(200);
      const checkout = { shipping_address: US_ADDRESS, provider: 'manual' };
      const { body } = await customer
        .post('/v1/orders/checkout', checkout, { idempotencyKey: 'checkout-1' })
        .expect(201);
      await api
        .internal()
        .patch(`/v1/orders/${body.id}/pay`, { transaction_id: 'till 1' }, { idempotencyKey: 'pay-1' })
        .expect(200);
    });

    const scanned = [];
    for (const statement of log.statements) scanned.push(...(await scannedWhenPrepared(source, statement)));
    expect(log.count).toBeGreaterThan(5);
    expect(scanned.filter((table) => LARGE.includes(table))).toEqual([]);
  });
});
