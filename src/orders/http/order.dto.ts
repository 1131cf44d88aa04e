import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsRFC3339,
  IsString,
  IsUrl,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PageQuery } from '../../platform/http/index.js';
import { ORDER_STATUSES, type OrderStatus, PAYMENT_STATUSES, type PaymentStatus } from '../domain/order-state.js';
import { ORDER_SORTS, type OrderSort } from '../queries/order-list.query.js';

/**
 * Filters of the admin's list. Times are RFC 3339 (the second check refuses days and seconds that no calendar has);
 * `created_from` is inclusive, `created_to` exclusive.
 */
export class AdminOrdersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ORDER_STATUSES })
  @IsOptional()
  @IsIn(ORDER_STATUSES)
  status?: OrderStatus;

  @ApiPropertyOptional({ enum: PAYMENT_STATUSES })
  @IsOptional()
  @IsIn(PAYMENT_STATUSES)
  payment_status?: PaymentStatus;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @Length(1, 255)
  customer_id?: string;

  @ApiPropertyOptional({ description: 'Order number, order id, email or sku, each in full.' })
  @IsOptional()
  @IsString()
  @Length(1, 255)
  q?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsRFC3339()
  @IsISO8601({ strict: true })
  created_from?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsRFC3339()
  @IsISO8601({ strict: true })
  created_to?: string;

  @ApiPropertyOptional({ enum: ORDER_SORTS, default: '-created_at' })
  @IsOptional()
  @IsIn(ORDER_SORTS)
  sort?: OrderSort;
}

export class TrackingDto {
  @IsOptional()
  @IsString()
  @MaxLength(64)
  carrier?: string;

  @IsString()
  @Length(1, 128)
  number: string;

  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(2048)
  url?: string;
}

export class FulfilOrderDto {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TrackingDto)
  tracking?: TrackingDto;
}
