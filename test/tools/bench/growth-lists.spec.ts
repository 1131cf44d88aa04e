import { type PickedOrder, readsOf } from '../../../bench/scenarios/growth-lists.js';

const order: PickedOrder = {
  id: 'ord_1',
  number: '1001',
  customer_id: 'alice',
  email: 'alice@example.com',
  sku: 'SKU-1',
  created_at: new Date('2026-11-01T12:00:00.000Z'),
  authorization: 'Authorization: Bearer alice\r\n',
};

const requests = Object.values(readsOf('Authorization: Bearer admin\r\n')).map((read) => read(order));
const offered = (member: string): string[] =>
  requests.flatMap(({ path }) => new URL(path, 'http://shop').searchParams.getAll(member));

describe('what is read while a shop grows', () => {
  it('asks for each filter and each sort that the admin list offers', () => {
    const members = requests.flatMap(({ path }) => [...new URL(path, 'http://shop').searchParams.keys()]);

    expect([...new Set(members)].sort()).toEqual([
      'created_from',
      'created_to',
      'customer_id',
      'limit',
      'offset',
      'payment_status',
      'q',
      'sort',
      'starting_after',
      'status',
    ]);
    expect(new Set(offered('sort'))).toEqual(new Set(['created_at', '-created_at', 'total_amount', '-total_amount']));
    expect(new Set(offered('q'))).toEqual(new Set(['1001', 'ord_1', 'alice@example.com', 'SKU-1']));
    expect(new Set(offered('status'))).toEqual(
      new Set(['created', 'payment_failed', 'paid', 'fulfilled', 'cancelled', 'refunded', 'archived']),
    );
  });

  it('asks in the name of the customer for his own orders, and of an admin for all', () => {
    const asCustomer = requests.filter(({ authorization }) => authorization === order.authorization);

    expect(asCustomer.map(({ path }) => path)).toEqual([
      '/v1/orders',
      '/v1/orders?limit=10&offset=10',
      '/v1/orders/ord_1',
    ]);
    expect(requests.length - asCustomer.length).toBeGreaterThan(20);
  });

  it('asks for one day from the time of an order on', () => {
    expect([offered('created_from')[0], offered('created_to')[0]]).toEqual([
      '2026-11-01T12:00:00.000Z',
      '2026-11-02T12:00:00.000Z',
    ]);
  });
});
