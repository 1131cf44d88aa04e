import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** An event that was written in the transaction of what it tells, and how far its publication has come. */
@Entity('outbox_events')
@Unique('outbox_events_aggregate_version_key', ['aggregateId', 'version'])
@Index('outbox_events_pending_idx', ['id'], { where: `status = 'pending'` })
@Index('outbox_events_position_key', ['position'], { unique: true, where: 'position IS NOT NULL' })
@Index('outbox_events_type_idx', ['type', 'position'], { where: 'position IS NOT NULL' })
@Index('outbox_events_sending_idx', ['aggregateId', 'version'], { where: `status = 'sending'` })
@Index('outbox_events_due_idx', ['position'], { where: `status = 'sending'` })
@Index('outbox_events_dead_idx', ['id'], { where: `status = 'dead'` })
@Check('outbox_events_status_check', `status IN ('pending', 'sending', 'published', 'dead')`)
@Check('outbox_events_position_check', `(status = 'pending') = ("position" IS NULL)`)
@Check('outbox_events_waiting_check', `(status = 'sending') = (next_attempt_at IS NOT NULL)`)
export class OutboxEventEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'outbox_events_pkey' })
  id: string;

  @Column({ type: 'text', collation: 'C' })
  aggregateId: string;

  @Column({ type: 'bigint' })
  version: number;

  @Column({ type: 'text' })
  type: string;

  /** JSON as text: what is published later is byte for byte what was decided now. */
  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'text' })
  traceId: string;

  /** `sending` and `dead` are in the feed as well; they tell of a transport that has not taken the event. */
  @Column({ type: 'text', default: 'pending' })
  status: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** The place in the feed; null until it is published. */
  @Column({ type: 'bigint', nullable: true })
  position: number | null;

  /** How often it was handed to a transport that answered, or that died over it. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', nullable: true })
  nextAttemptAt: Date | null;

  @Column({ type: 'text', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  publishedAt: Date | null;
}
