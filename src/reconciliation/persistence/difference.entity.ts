import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type {
  ComparedObject,
  Difference,
  DifferenceId,
  DifferenceKind,
  DifferenceStatus,
  Entry,
} from '../domain/difference.js';

@Entity('reconciliation_differences')
@Index('reconciliation_differences_open_key', ['kind', 'providerId'], { unique: true, where: `status = 'open'` })
@Index('reconciliation_differences_status_idx', ['status', 'id'])
@Check('reconciliation_differences_object_check', `"object" IN ('payment', 'refund')`)
@Check(
  'reconciliation_differences_kind_check',
  `kind IN ('missing_here', 'missing_at_stripe', 'status', 'amount', 'currency')`,
)
@Check('reconciliation_differences_status_check', `status IN ('open', 'resolved')`)
@Check('reconciliation_differences_resolved_check', `(status = 'resolved') = (resolved_at IS NOT NULL)`)
export class DifferenceEntity implements Difference {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'reconciliation_differences_pkey' })
  id: DifferenceId;

  @Column({ type: 'text' })
  object: ComparedObject;

  @Column({ type: 'text' })
  kind: DifferenceKind;

  @Column({ type: 'text', collation: 'C' })
  providerId: string;

  @Column({ type: 'text', collation: 'C', nullable: true })
  subjectId: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  orderId: string | null;

  @Column({ type: 'jsonb', nullable: true })
  here: Entry | null;

  @Column({ type: 'jsonb', nullable: true })
  atStripe: Entry | null;

  @Column({ type: 'text', default: 'open' })
  status: DifferenceStatus;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  foundAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  seenAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  resolvedAt: Date | null;
}
