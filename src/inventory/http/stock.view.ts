import { ApiProperty } from '@nestjs/swagger';
import { MOVEMENT_KINDS, type MovementKind } from '../domain/stock-movement.js';
import { PageView } from '../../platform/http/index.js';

/** The stock of a product as it goes over the wire, in units. */
export class StockLevelView {
  @ApiProperty({ example: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  product_id: string;

  @ApiProperty({ type: 'integer', description: 'Units on the shelf.' })
  on_hand: number;

  @ApiProperty({ type: 'integer', description: 'Units of those that are promised to orders.' })
  reserved: number;

  @ApiProperty({ type: 'integer', description: 'Units that could be sold: on hand without the reserved ones.' })
  available: number;
}

export class StockLevelPage extends PageView {
  @ApiProperty({ type: () => [StockLevelView] })
  inventory: StockLevelView[];
}

/** A line of the stock ledger as it goes over the wire. */
export class StockMovementView {
  @ApiProperty({ example: 'mov_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  id: string;

  @ApiProperty()
  product_id: string;

  @ApiProperty({ type: 'integer', description: 'Units that came, or that went where it is negative.' })
  delta: number;

  @ApiProperty({ enum: MOVEMENT_KINDS })
  kind: MovementKind;

  @ApiProperty({ description: 'The order, refund or reservation behind it; a count or an adjustment names itself.' })
  cause: string;

  @ApiProperty({ type: 'string', nullable: true })
  reason: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;
}

export class StockMovementPage extends PageView {
  @ApiProperty({ type: () => [StockMovementView] })
  movements: StockMovementView[];
}
