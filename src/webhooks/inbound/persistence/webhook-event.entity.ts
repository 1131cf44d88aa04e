import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { EventProvider, WebhookEvent, WebhookEventId, WebhookEventStatus } from '../domain/webhook-event.js';

@Entity('webhook_events')
@Unique('webhook_events_provider_event_id_key', ['providerEventId', 'provider'])
@Index('webhook_events_due_idx', ['nextAttemptAt'], { where: 'next_attempt_at IS NOT NULL' })
@Index('webhook_events_status_idx', ['status', 'id'])
@Index('webhook_events_type_idx', ['type', 'id'])
@Index('webhook_events_provider_idx', ['provider', 'id'])
@Index('webhook_events_dead_letter_idx', ['id'], {
  where: `provider = 'broker' AND status = 'parked' AND dead_lettered_at IS NULL`,
})
@Check('webhook_events_provider_check', `provider IN ('stripe', 'broker')`)
@Check('webhook_events_status_check', `status IN ('received', 'processed', 'ignored', 'deferred', 'parked')`)
@Check('webhook_events_waiting_check', `(status IN ('received', 'deferred')) = (next_attempt_at IS NOT NULL)`)
@Check('webhook_events_done_check', `(status IN ('processed', 'ignored')) = (processed_at IS NOT NULL)`)
export class WebhookEventEntity implements WebhookEvent {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'webhook_events_pkey' })
  id: WebhookEventId;

  @Column({ type: 'text', collation: 'C' })
  providerEventId: string;

  @Column({ type: 'text', collation: 'C' })
  type: string;

  @Column({ type: 'text' })
  payload: string;

  @Column({ type: 'timestamptz' })
  providerCreatedAt: Date;

  @Column({ type: 'text', default: 'received' })
  status: WebhookEventStatus;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', nullable: true })
  nextAttemptAt: Date | null;

  @Column({ type: 'text', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  receivedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  processedAt: Date | null;

  @Column({ type: 'text', default: 'stripe' })
  provider: EventProvider;

  @Column({ type: 'text', nullable: true })
  origin: string | null;

  /** When it was copied to the dead letters of the broker, after it had been parked. */
  @Column({ type: 'timestamptz', nullable: true })
  deadLetteredAt: Date | null;
}
