import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { ReservationId } from '../../kernel/id.js';
import type { ReservationLine } from '../domain/reservation.js';
import { ReservationEntity } from './reservation.entity.js';

@Entity('reservation_lines')
@Check('reservation_lines_quantity_check', 'quantity > 0')
export class ReservationLineEntity implements ReservationLine {
  @ForeignKey(() => ReservationEntity, { name: 'reservation_lines_reservation_id_fkey' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'reservation_lines_pkey' })
  reservationId: ReservationId;

  @ForeignKey('products', { name: 'reservation_lines_product_id_fkey' })
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'reservation_lines_pkey' })
  productId: string;

  @Column({ type: 'bigint' })
  quantity: number;
}
