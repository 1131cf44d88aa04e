import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { PaymentAttemptId, PaymentId } from '../../kernel/id.js';
import type { AttemptAction, AttemptRequest, PaymentAttempt } from '../domain/payment.js';
import { PaymentEntity } from './payment.entity.js';

@Entity('payment_attempts')
@Index('payment_attempts_payment_idx', ['paymentId', 'id'])
@Check('payment_attempts_action_check', `"action" IN ('create', 'confirm', 'cancel', 'capture')`)
@Check('payment_attempts_outcome_check', `outcome IN ('unknown', 'accepted', 'declined', 'rejected')`)
export class PaymentAttemptEntity implements PaymentAttempt {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'payment_attempts_pkey' })
  id: PaymentAttemptId;

  @ForeignKey(() => PaymentEntity, { name: 'payment_attempts_payment_id_fkey' })
  @Column({ type: 'text', collation: 'C' })
  paymentId: PaymentId;

  @Column({ type: 'text' })
  action: AttemptAction;

  @Column({ type: 'jsonb' })
  request: AttemptRequest;

  @Column({ type: 'text', default: 'unknown' })
  outcome: PaymentAttempt['outcome'];

  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  answeredAt: Date | null;
}
