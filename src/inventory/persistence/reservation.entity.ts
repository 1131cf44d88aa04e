import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OrderId, ReservationId } from '../../kernel/id.js';
import type { Reservation } from '../domain/reservation.js';
import type { ReservationStatus } from '../domain/reservation-state.js';

@Entity('reservations')
@Index('reservations_active_order_key', ['orderId'], { unique: true, where: `status = 'active'` })
@Index('reservations_reference_key', ['reference'], { unique: true, where: 'reference IS NOT NULL' })
@Index('reservations_order_idx', ['orderId'], { where: 'order_id IS NOT NULL' })
@Index('reservations_expiry_idx', ['expiresAt'], { where: `status = 'active'` })
@Index('reservations_status_idx', ['status', 'id'])
@Check('reservations_status_check', `status IN ('active', 'confirmed', 'released', 'expired')`)
@Check('reservations_holder_check', '(order_id IS NULL) <> (reference IS NULL)')
@Check('reservations_settled_check', `(status = 'active') = (settled_at IS NULL)`)
export class ReservationEntity implements Reservation {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'reservations_pkey' })
  id: ReservationId;

  @Column({ type: 'text', collation: 'C', nullable: true })
  orderId: OrderId | null;

  @Column({ type: 'text', nullable: true })
  reference: string | null;

  @Column({ type: 'text', default: 'active' })
  status: ReservationStatus;

  @Column({ type: 'timestamptz' })
  expiresAt: Date;

  /** When a hold whose time is over is looked at again; null: at once. */
  @Column({ type: 'timestamptz', nullable: true })
  expiryRetryAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  settledAt: Date | null;
}
