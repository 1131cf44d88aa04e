import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrderId, PaymentId } from '../../kernel/id.js';
import type { Payment, PaymentState } from '../domain/payment.js';

@Entity('payments')
@Unique('payments_provider_payment_id_key', ['providerPaymentId'])
@Unique('payments_creation_key_key', ['creationKey'])
@Index('payments_live_order_key', ['orderId'], {
  unique: true,
  where: `status IN ('pending', 'processing', 'requires_action', 'authorized')`,
})
@Index('payments_order_idx', ['orderId'])
@Index('payments_next_check_idx', ['nextCheckAt'], { where: 'next_check_at IS NOT NULL' })
@Index('payments_unattached_idx', ['createdAt'], { where: `order_id IS NULL AND status = 'succeeded'` })
@Check('payments_provider_check', `provider IN ('stripe', 'manual')`)
@Check(
  'payments_status_check',
  `status IN ('pending', 'processing', 'requires_action', 'authorized', 'succeeded', 'failed', 'canceled')`,
)
@Check('payments_amount_check', 'amount > 0')
@Check('payments_currency_check', `currency ~ '^[a-z]{3}$'`)
@Check('payments_captured_check', 'captured_amount >= 0')
@Check('payments_refund_hold_check', 'refund_hold BETWEEN 0 AND captured_amount')
export class PaymentEntity implements Payment {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'payments_pkey' })
  id: PaymentId;

  @ForeignKey('orders', { name: 'payments_order_id_fkey' })
  @Column({ type: 'text', collation: 'C', nullable: true })
  orderId: OrderId | null;

  @Column({ type: 'text' })
  customerId: string;

  @Column({ type: 'text' })
  provider: 'stripe' | 'manual';

  @Column({ type: 'text' })
  status: PaymentState;

  @Column({ type: 'bigint' })
  amount: number;

  @Column({ type: 'text' })
  currency: string;

  @Column({ type: 'bigint', default: 0 })
  capturedAmount: number;

  @Column({ type: 'bigint', default: 0 })
  refundHold: number;

  @Column({ type: 'text', collation: 'C', nullable: true })
  providerPaymentId: string | null;

  @Column({ type: 'text', nullable: true })
  declineCode: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastFactAt: Date | null;

  /** When a job has to look after this payment; null once nothing can change any more. */
  @Column({ type: 'timestamptz', nullable: true })
  nextCheckAt: Date | null;

  @Column({ type: 'integer', default: 0 })
  checks: number;

  @Column({ type: 'text', collation: 'C', nullable: true })
  creationKey: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
