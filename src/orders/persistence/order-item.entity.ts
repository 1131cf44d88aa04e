import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrderId, OrderItemId } from '../../kernel/id.js';
import type { OrderItem } from '../domain/order.js';
import { OrderEntity } from './order.entity.js';

@Entity('order_items')
@Unique('order_items_product_key', ['orderId', 'productId'])
@Index('order_items_sku_idx', ['sku', 'orderCreatedAt', 'orderId', 'orderTotalAmount'])
@Check('order_items_quantity_check', 'quantity > 0')
@Check('order_items_unit_price_check', 'unit_price > 0')
@Check('order_items_line_total_check', 'line_total = quantity * unit_price')
@Check('order_items_refunded_check', 'refunded_quantity BETWEEN 0 AND quantity')
@Check('order_items_restocked_check', 'restocked_quantity BETWEEN 0 AND quantity')
export class OrderItemEntity implements OrderItem {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'order_items_pkey' })
  id: OrderItemId;

  @ForeignKey(() => OrderEntity, { name: 'order_items_order_id_fkey' })
  @Column({ type: 'text', collation: 'C' })
  orderId: OrderId;

  /** When the order was placed, so that an article's orders are listed from one index. Never changes. */
  @Column({ type: 'timestamptz' })
  orderCreatedAt: Date;

  /** What the order came to, for the same reason. Never changes. */
  @Column({ type: 'bigint' })
  orderTotalAmount: number;

  /** Null once the product was deleted for good: history stays as it was. */
  @ForeignKey('products', { name: 'order_items_product_id_fkey', onDelete: 'SET NULL' })
  @Column({ type: 'text', collation: 'C', nullable: true })
  productId: string | null;

  @Column({ type: 'text' })
  sku: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'bigint' })
  quantity: number;

  @Column({ type: 'bigint' })
  unitPrice: number;

  @Column({ type: 'bigint' })
  lineTotal: number;

  @Column({ type: 'bigint', default: 0 })
  refundedQuantity: number;

  @Column({ type: 'bigint', default: 0 })
  restockedQuantity: number;
}
