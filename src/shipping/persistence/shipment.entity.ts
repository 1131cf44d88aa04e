import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { ShipmentId } from '../../kernel/id.js';
import type { Shipment, Tracking } from '../domain/shipment.js';
import type { ShipmentStatus } from '../domain/shipment-state.js';
import type { Zone } from '../domain/zone.js';

@Entity('shipments')
@Unique('shipments_order_id_key', ['orderId'])
@Check('shipments_status_check', `status IN ('pending_payment', 'ready', 'shipped', 'cancelled')`)
export class ShipmentEntity implements Shipment {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'shipments_pkey' })
  id: ShipmentId;

  @Column({ type: 'text', collation: 'C' })
  orderId: string;

  @Column({ type: 'text' })
  zone: Zone;

  @Column({ type: 'text', default: 'pending_payment' })
  status: ShipmentStatus;

  @Column({ type: 'jsonb', nullable: true })
  tracking: Tracking | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
