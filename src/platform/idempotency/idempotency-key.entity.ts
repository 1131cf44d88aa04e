import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** One key of one principal on one route, with the answer it got. */
@Entity('idempotency_keys')
@Unique('idempotency_keys_scope_key_key', ['scope', 'key'])
@Index('idempotency_keys_expiry_idx', ['expiresAt'])
@Check('idempotency_keys_status_check', `status IN ('running', 'finished')`)
@Check(
  'idempotency_keys_response_check',
  `(status = 'finished') = (response_status IS NOT NULL AND response_body IS NOT NULL)`,
)
export class IdempotencyKeyEntity {
  /** Marks what the request created, so that a repeat after a crash finds it instead of making it again. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  id: string;

  @Column({ type: 'text' })
  scope: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  fingerprint: string;

  @Column({ type: 'text', default: 'running' })
  status: string;

  /** Rises with every take-over; an overtaken run can no longer record its answer. */
  @Column({ type: 'integer', default: 1 })
  fence: number;

  @Column({ type: 'timestamptz' })
  leaseUntil: Date;

  @Column({ type: 'integer', nullable: true })
  responseStatus: number | null;

  @Column({ type: 'text', nullable: true })
  responseBody: string | null;

  @Column({ type: 'text', nullable: true })
  subjectId: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz' })
  expiresAt: Date;
}
