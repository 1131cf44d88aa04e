import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** One row of the audit trail. The database refuses UPDATE, DELETE and TRUNCATE on this table. */
@Entity('audit_entries')
@Unique('audit_entries_order_version_key', ['orderId', 'version'])
export class AuditEntryEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'audit_entries_pkey' })
  id: string;

  @Column({ type: 'text', collation: 'C' })
  orderId: string;

  /** The order's version after the change; null where nothing changed: a move was refused, or a person gave his word. */
  @Column({ type: 'bigint', nullable: true })
  version: number | null;

  @Column({ type: 'text' })
  actorId: string;

  @Column({ type: 'text' })
  eventType: string;

  @Column({ type: 'jsonb', nullable: true })
  previousState: Readonly<Record<string, unknown>> | null;

  @Column({ type: 'jsonb' })
  newState: Readonly<Record<string, unknown>>;

  @Column({ type: 'text' })
  traceId: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  timestamp: Date;
}
