import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { CartId, OrderId } from '../../kernel/id.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { Order, PaymentProvider } from '../domain/order.js';
import type { FulfillmentStatus, OrderStatus, PaymentStatus } from '../domain/order-state.js';

@Entity('orders')
@Unique('orders_number_key', ['number'])
@Unique('orders_creation_key_key', ['creationKey'])
@Unique('orders_cart_version_key', ['cartId', 'cartVersion'])
@Index('orders_created_idx', ['createdAt', 'id', 'totalAmount'])
@Index('orders_customer_idx', ['customerId', 'createdAt', 'id'])
@Index('orders_status_idx', ['status', 'createdAt', 'id'])
@Index('orders_payment_status_idx', ['paymentStatus', 'createdAt', 'id'])
@Index('orders_total_amount_idx', ['totalAmount', 'id'])
@Index('orders_email_idx', ['email'])
@Check(
  'orders_status_check',
  `status IN ('created', 'payment_failed', 'paid', 'fulfilled', 'cancelled', 'refunded', 'archived')`,
)
@Check(
  'orders_payment_status_check',
  `payment_status IN ('unpaid', 'processing', 'requires_action', 'authorized', 'paid', 'partially_refunded', 'refunded',
                      'failed', 'review')`,
)
@Check('orders_fulfillment_status_check', `fulfillment_status IN ('unfulfilled', 'shipped')`)
@Check('orders_provider_check', `provider IN ('stripe', 'manual')`)
@Check('orders_currency_check', `currency ~ '^[a-z]{3}$'`)
@Check('orders_version_check', 'version >= 1')
@Check(
  'orders_total_check',
  'total_amount = subtotal + shipping_total + tax_total - discount_total AND total_amount > 0',
)
@Check('orders_refunded_check', 'refunded_amount BETWEEN 0 AND total_amount')
export class OrderEntity implements Order {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'orders_pkey' })
  id: OrderId;

  @Column({ type: 'bigint', default: () => `nextval('order_number_seq')` })
  number: number;

  @Column({ type: 'text' })
  customerId: string;

  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ type: 'text', default: 'created' })
  status: OrderStatus;

  @Column({ type: 'text', default: 'unpaid' })
  paymentStatus: PaymentStatus;

  @Column({ type: 'text', default: 'unfulfilled' })
  fulfillmentStatus: FulfillmentStatus;

  @Column({ type: 'boolean', default: false })
  disputed: boolean;

  @Column({ type: 'text' })
  provider: PaymentProvider;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'bigint' })
  subtotal: number;

  @Column({ type: 'bigint', default: 0 })
  shippingTotal: number;

  @Column({ type: 'bigint', default: 0 })
  taxTotal: number;

  @Column({ type: 'bigint', default: 0 })
  discountTotal: number;

  @Column({ type: 'bigint' })
  totalAmount: number;

  @Column({ type: 'bigint', default: 0 })
  refundedAmount: number;

  @Column({ type: 'jsonb', nullable: true })
  shippingAddress: ShippingAddress | null;

  @Column({ type: 'text', nullable: true })
  paymentTransactionId: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  reservationExpiresAt: Date | null;

  @Column({ type: 'text', nullable: true })
  cancelReason: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  cartId: CartId | null;

  @Column({ type: 'bigint', nullable: true })
  cartVersion: number | null;

  /** The idempotency key's row that made this order: a repeat after a crash finds it by this. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  creationKey: string | null;

  @Column({ type: 'bigint', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
