import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrderItemId, RefundId } from '../../kernel/id.js';
import type { RefundItem } from '../domain/refund.js';
import { RefundEntity } from './refund.entity.js';

@Entity('refund_items')
@Index('refund_items_order_item_idx', ['orderItemId'])
@Check('refund_items_quantity_check', 'quantity > 0')
export class RefundItemEntity implements RefundItem {
  @ForeignKey(() => RefundEntity, { name: 'refund_items_refund_id_fkey' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'refund_items_pkey' })
  refundId: RefundId;

  @ForeignKey('order_items', { name: 'refund_items_order_item_id_fkey' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'refund_items_pkey' })
  orderItemId: OrderItemId;

  @Column({ type: 'bigint' })
  quantity: number;
}
