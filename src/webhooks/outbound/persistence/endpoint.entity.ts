import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { DisabledReason, WebhookEndpoint, WebhookEndpointId } from '../domain/endpoint.js';

@Entity('webhook_endpoints')
@Check('webhook_endpoints_event_types_check', 'cardinality(event_types) > 0')
@Check('webhook_endpoints_disabled_reason_check', `disabled_reason IN ('gone', 'failing')`)
@Check('webhook_endpoints_disabled_check', 'enabled = (disabled_at IS NULL)')
@Check('webhook_endpoints_reason_check', 'disabled_reason IS NULL OR NOT enabled')
@Check('webhook_endpoints_deleted_check', 'deleted_at IS NULL OR NOT enabled')
@Check('webhook_endpoints_previous_secret_check', '(previous_secret IS NULL) = (previous_secret_until IS NULL)')
export class WebhookEndpointEntity implements WebhookEndpoint {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'webhook_endpoints_pkey' })
  id: WebhookEndpointId;

  @Column({ type: 'text' })
  url: string;

  @Column({ type: 'text', array: true })
  eventTypes: string[];

  @Column({ type: 'text', default: '' })
  description: string;

  @Column({ type: 'boolean', default: true })
  enabled: boolean;

  @Column({ type: 'text', nullable: true })
  disabledReason: DisabledReason | null;

  @Column({ type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  /** Sealed. */
  @Column({ type: 'text' })
  secret: string;

  /** Sealed. */
  @Column({ type: 'text', nullable: true })
  previousSecret: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  previousSecretUntil: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  failingSince: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  pausedUntil: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
