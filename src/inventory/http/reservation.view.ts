import { ApiProperty } from '@nestjs/swagger';
import { RESERVATION_STATUSES, type ReservationStatus } from '../domain/reservation-state.js';
import { PageView } from '../../platform/http/index.js';

export class ReservationItemView {
  @ApiProperty()
  product_id: string;

  @ApiProperty({ type: 'integer' })
  quantity: number;
}

/** A hold on stock as it goes over the wire. */
export class ReservationView {
  @ApiProperty({ example: 'rsv_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'The order that the stock is held for.' })
  order_id: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'The name that another service gave the hold.' })
  reference: string | null;

  @ApiProperty({ enum: RESERVATION_STATUSES })
  status: ReservationStatus;

  @ApiProperty({ type: () => [ReservationItemView], description: 'One line for each product, by ascending id.' })
  items: ReservationItemView[];

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}

export class ReservationPage extends PageView {
  @ApiProperty({ type: () => [ReservationView] })
  reservations: ReservationView[];
}
