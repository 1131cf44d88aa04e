import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';
import { RESERVATION_STATUSES, type ReservationStatus } from '../domain/reservation-state.js';

const LONGEST_REFERENCE = 255;
const MOST_LINES = 100;
const LARGEST_QUANTITY = 1_000_000_000;
const LONGEST_HOLD_SECONDS = 604_800;

export class ReservationItemDto {
  @ApiProperty({ example: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  @IsString()
  @Length(1, 64)
  product_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: LARGEST_QUANTITY })
  @IsInt()
  @Min(1)
  @Max(LARGEST_QUANTITY)
  quantity: number;
}

export class ReserveStockDto {
  @ApiProperty({
    minLength: 1,
    maxLength: LONGEST_REFERENCE,
    example: 'till-7/2026-11-20/0042',
    description: 'Your own name for the hold. Asked for again, it answers the hold that was made first, as it is now.',
  })
  @IsString()
  @Length(1, LONGEST_REFERENCE)
  @Matches(/[^\p{Z}\p{C}]/u, { message: 'must not be blank' })
  reference: string;

  @ApiProperty({ type: () => [ReservationItemDto], minItems: 1, maxItems: MOST_LINES })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ReservationItemDto)
  items: ReservationItemDto[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_HOLD_SECONDS,
    description: 'How long the stock is held; without it as long as for an order.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined)
  @IsInt()
  @Min(1)
  @Max(LONGEST_HOLD_SECONDS)
  ttl_seconds?: number;
}

export class AdminReservationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: RESERVATION_STATUSES })
  @IsOptional()
  @IsIn(RESERVATION_STATUSES)
  status?: ReservationStatus;

  @ApiPropertyOptional({ description: 'The reservations of this order.' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  order_id?: string;
}
