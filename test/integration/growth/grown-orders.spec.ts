import { growOrders } from '../../../bench/shop/grown-orders.js';
import { PUNCTUALITY } from '../../../src/invariants.js';
import { useOwnDatabase } from '../../support/database.js';
import { expectSettled } from '../../support/invariants.js';

describe('the grown history of a shop', () => {
  const own = useOwnDatabase();

  beforeAll(async () => {
    await growOrders(own.url, 300);
    await growOrders(own.url, 100);
  });

  it('obeys every rule of the audit, also once it grew again', async () => {
    await expectSettled(own.dataSource);
    for (const text of Object.values(PUNCTUALITY)) expect(await own.dataSource.query(text)).toEqual([]);
  });

  it('has orders in all their states, and what belongs to them', async () => {
    const counts: Record<string, number>[] = await own.dataSource.query(
      `SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM order_items) AS lines,
         (SELECT count(*) FROM reservations WHERE status = 'active') AS held,
         (SELECT count(DISTINCT status) FROM orders) AS states, (SELECT count(*) FROM webhook_deliveries) AS deliveries`,
    );

    expect(counts).toEqual([{ orders: 400, lines: 800, held: 40, states: 5, deliveries: 780 }]);
  });
});
