import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How far back the outbox remembers. No row: nothing was ever forgotten. */
@Entity('outbox_horizon')
@Check('outbox_horizon_singleton_check', 'singleton')
export class OutboxHorizonEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'outbox_horizon_pkey' })
  singleton: boolean;

  /** Events that were written before this time may be gone. */
  @Column({ type: 'timestamptz' })
  prunedBefore: Date;
}
