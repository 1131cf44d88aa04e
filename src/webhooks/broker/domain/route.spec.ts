import { routeOf } from './route.js';

const event = (type: string, aggregateId: string, data = {}) => ({ type, aggregateId, data });

describe('the way of an event', () => {
  it.each([
    ['order.created', event('order.created', 'ord_1', { order_id: 'ord_1' }), { to: 'order', key: 'ord_1' }],
    ['payment.review', event('payment.review', 'ord_1', { order_id: 'ord_1' }), { to: 'order', key: 'ord_1' }],
    ['dispute.opened', event('dispute.opened', 'ord_1', { order_id: 'ord_1' }), { to: 'order', key: 'ord_1' }],
    ['a refund', event('refund.requested', 'ref_1', { order_id: 'ord_1' }), { to: 'order', key: 'ord_1' }],
    [
      'a refund of a payment without an order',
      event('refund.requested', 'ref_1', { order_id: null }),
      { to: 'order', key: 'ref_1' },
    ],
    ['stock', event('stock.changed', 'prod_1', { product_id: 'prod_1' }), { to: 'stock', key: 'prod_1' }],
    ['a hold', event('reservation.expired', 'rsv_1', { order_id: 'ord_1' }), { to: 'stock', key: 'rsv_1' }],
  ])('of %s', (_, given, route) => {
    expect(routeOf(given)).toEqual(route);
  });
});
