import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageView } from '../../platform/http/index.js';
import { REFUND_STATUSES, type RefundStatus } from '../domain/refund-state.js';

@ApiSchema({ name: 'RefundItem' })
export class PresentedRefundItem {
  @ApiProperty()
  item_id: string;

  @ApiProperty({ type: 'string', nullable: true })
  product_id: string | null;

  @ApiProperty({ type: 'integer' })
  quantity: number;
}

/** A refund as it goes over the wire. */
@ApiSchema({ name: 'Refund' })
export class PresentedRefund {
  @ApiProperty({ example: 'ref_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty({ type: 'string', nullable: true })
  order_id: string | null;

  @ApiProperty({ type: 'integer', description: 'Minor units of `currency`.' })
  amount: number;

  @ApiProperty({ description: 'ISO 4217, lower case.' })
  currency: string;

  @ApiProperty({ enum: REFUND_STATUSES })
  status: RefundStatus;

  @ApiProperty({ type: 'string', nullable: true })
  reason: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Why it failed or was canceled, in the words of the provider.',
    example: 'charge_disputed',
  })
  failure_code: string | null;

  @ApiProperty({ type: () => [PresentedRefundItem] })
  items: PresentedRefundItem[];

  @ApiProperty({ description: 'Whether the items go back on the shelf once the money is back.' })
  restock: boolean;

  @ApiProperty({ description: 'Made at Stripe, not here: booked, never restocked.' })
  external: boolean;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class RefundPage extends PageView {
  @ApiProperty({ type: () => [PresentedRefund] })
  refunds: PresentedRefund[];
}
