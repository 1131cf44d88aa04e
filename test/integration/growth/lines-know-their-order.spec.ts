import { growOrders } from '../../../bench/shop/grown-orders.js';
import { LinesKnowTheirOrder1795222800000 } from '../../../migrations/1795222800000-lines-know-their-order.js';
import { useOwnDatabase } from '../../support/database.js';
import { expectSettled } from '../../support/invariants.js';

const ORDERS = 300;
const LINES = 'SELECT * FROM order_items ORDER BY id';

//
describe('lines of orders that were placed before they knew their order', () => {
  const own = useOwnDatabase();

  beforeAll(() => growOrders(own.url, ORDERS));

  it('are told, and lose nothing', async () => {
    const migration = new LinesKnowTheirOrder1795222800000();
    const runner = own.dataSource.createQueryRunner();
    const before: object[] = await runner.query(LINES);

    await migration.down(runner);
    const old: object[] = await runner.query(LINES);
    await migration.up(runner);
    const after: object[] = await runner.query(LINES);
    await runner.release();

    expect(old[0]).not.toHaveProperty('order_created_at');
    expect(after).toHaveLength(2 * ORDERS);
    expect(after).toEqual(before);
    await expectSettled(own.dataSource);
  });
});
