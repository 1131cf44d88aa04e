import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrderId, PaymentId, RefundId } from '../../kernel/id.js';
import type { RefundStatus } from '../domain/refund-state.js';
import type { Refund } from '../domain/refund.js';

@Entity('refunds')
@Unique('refunds_provider_refund_id_key', ['providerRefundId'])
@Index('refunds_order_idx', ['orderId', 'id'])
@Index('refunds_status_idx', ['status', 'id'])
@Index('refunds_payment_idx', ['paymentId'])
@Index('refunds_next_check_idx', ['nextCheckAt'], { where: 'next_check_at IS NOT NULL' })
@Check('refunds_amount_check', 'amount > 0')
@Check('refunds_currency_check', `currency ~ '^[a-z]{3}$'`)
@Check('refunds_status_check', `status IN ('requested', 'submitted', 'pending', 'succeeded', 'failed', 'canceled')`)
export class RefundEntity implements Refund {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'refunds_pkey' })
  id: RefundId;

  @ForeignKey('orders', { name: 'refunds_order_id_fkey' })
  @Column({ type: 'text', collation: 'C', nullable: true })
  orderId: OrderId | null;

  @ForeignKey('payments', { name: 'refunds_payment_id_fkey' })
  @Column({ type: 'text', collation: 'C' })
  paymentId: PaymentId;

  @Column({ type: 'bigint' })
  amount: number;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'text', default: 'requested' })
  status: RefundStatus;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'boolean', default: true })
  restock: boolean;

  @Column({ type: 'boolean', default: false })
  external: boolean;

  @Column({ type: 'text', collation: 'C', nullable: true })
  providerRefundId: string | null;

  @Column({ type: 'text', nullable: true })
  failureCode: string | null;

  @Column({ type: 'integer', default: 1 })
  round: number;

  @Column({ type: 'bigint', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', nullable: true })
  submittedAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastFactAt: Date | null;

  /** When a job has to look after this refund; null once nothing is expected any more. */
  @Column({ type: 'timestamptz', nullable: true })
  nextCheckAt: Date | null;

  @Column({ type: 'integer', default: 0 })
  checks: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
