import { auditState, orderEvent } from './order.events.js';
import type { Order, OrderItem } from './order.js';

const order: Order = {
  id: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
  number: 1001,
  customerId: 'customer_1',
  email: 'buyer@example.com',
  status: 'paid',
  paymentStatus: 'paid',
  fulfillmentStatus: 'unfulfilled',
  disputed: false,
  provider: 'stripe',
  currency: 'usd',
  subtotal: 5_000,
  shippingTotal: 649,
  taxTotal: 0,
  discountTotal: 0,
  totalAmount: 5_649,
  refundedAmount: 0,
  shippingAddress: { line1: '1 Market St', city: 'San Francisco', state: 'CA', postal_code: '94105', country: 'US' },
  paymentTransactionId: 'pay_1',
  reservationExpiresAt: null,
  cancelReason: null,
  cartId: null,
  cartVersion: null,
  version: 3,
  createdAt: new Date('2026-11-20T12:00:00.000Z'),
  updatedAt: new Date('2026-11-20T12:00:01.000Z'),
};

const item: OrderItem = {
  id: 'item_01kaf5d3m0e9wtsz1v5b7x2y4q',
  productId: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q',
  sku: 'MUG-BLUE',
  title: 'Blue mug',
  quantity: 2,
  unitPrice: 2_500,
  lineTotal: 5_000,
  refundedQuantity: 0,
  restockedQuantity: 0,
};

describe('what is told of an order', () => {
  //
  it('is an event with all that mail, warehouse and search need', () => {
    expect(orderEvent('order.paid', order, [item, { ...item, productId: null, quantity: 1, unitPrice: 300 }])).toEqual({
      type: 'order.paid',
      aggregateId: order.id,
      version: 3,
      data: {
        type: 'order.paid',
        order_id: order.id,
        number: 1001,
        version: 3,
        status: 'paid',
        payment_status: 'paid',
        fulfillment_status: 'unfulfilled',
        disputed: false,
        customer_id: 'customer_1',
        user_email: 'buyer@example.com',
        currency: 'usd',
        amount_cents: 5_649,
        refunded_amount_cents: 0,
        payment_transaction_id: 'pay_1',
        cancel_reason: null,
        items: [
          { product_id: item.productId, qty: 2, unit_price_cents: 2_500 },
          { product_id: null, qty: 1, unit_price_cents: 300 },
        ],
      },
    });
  });

  //
  it('is a state in the audit trail, without where the buyer lives', () => {
    expect(auditState(order)).toEqual({
      status: 'paid',
      payment_status: 'paid',
      fulfillment_status: 'unfulfilled',
      disputed: false,
      total: 5_649,
      currency: 'usd',
      refunded_amount: 0,
      payment_transaction_id: 'pay_1',
      cancel_reason: null,
      version: 3,
    });
  });
});
