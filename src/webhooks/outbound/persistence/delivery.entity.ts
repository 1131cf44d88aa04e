import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Delivery, DeliveryId, DeliveryStatus } from '../domain/delivery.js';
import type { WebhookEndpointId } from '../domain/endpoint.js';
import { WebhookEndpointEntity } from './endpoint.entity.js';

@Entity('webhook_deliveries')
@Unique('webhook_deliveries_endpoint_event_key', ['endpointId', 'eventId'])
@Index('webhook_deliveries_due_idx', ['endpointId', 'nextAttemptAt'], { where: `status = 'pending'` })
@Index('webhook_deliveries_open_idx', ['endpointId', 'lane', 'version'], {
  where: `status IN ('waiting', 'pending')`,
})
@Index('webhook_deliveries_endpoint_idx', ['endpointId', 'id'])
@Index('webhook_deliveries_type_idx', ['endpointId', 'eventType', 'id'])
@Index('webhook_deliveries_failed_idx', ['endpointId', 'id'], { where: `status = 'failed'` })
@Check('webhook_deliveries_status_check', `status IN ('waiting', 'pending', 'delivered', 'failed')`)
@Check('webhook_deliveries_due_check', `(status = 'pending') = (next_attempt_at IS NOT NULL)`)
@Check('webhook_deliveries_delivered_check', `status <> 'delivered' OR delivered_at IS NOT NULL`)
export class WebhookDeliveryEntity implements Delivery {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id: DeliveryId;

  @ForeignKey(() => WebhookEndpointEntity, { name: 'webhook_deliveries_endpoint_id_fkey' })
  @Column({ type: 'text', collation: 'C' })
  endpointId: WebhookEndpointId;

  @Column({ type: 'text', collation: 'C' })
  eventId: string;

  @Column({ type: 'text', collation: 'C' })
  eventType: string;

  @Column({ type: 'text', collation: 'C' })
  lane: string;

  @Column({ type: 'bigint' })
  version: number;

  @Column({ type: 'text' })
  body: string;

  @Column({ type: 'text' })
  status: DeliveryStatus;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', nullable: true })
  nextAttemptAt: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastAttemptAt: Date | null;

  @Column({ type: 'jsonb', nullable: true })
  requestHeaders: Record<string, string> | null;

  @Column({ type: 'integer', nullable: true })
  responseStatus: number | null;

  @Column({ type: 'text', nullable: true })
  responseExcerpt: string | null;

  @Column({ type: 'integer', nullable: true })
  durationMs: number | null;

  @Column({ type: 'text', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  deliveredAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
