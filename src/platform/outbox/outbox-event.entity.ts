import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** An event that waits in the business transaction's own rows until a relay publishes it. */
@Entity('outbox_events')
@Unique('outbox_events_aggregate_version_key', ['aggregateId', 'version'])
@Index('outbox_events_pending_idx', ['id'], { where: `status = 'pending'` })
@Check('outbox_events_status_check', `status IN ('pending', 'published', 'dead')`)
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

  @Column({ type: 'text', default: 'pending' })
  status: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
