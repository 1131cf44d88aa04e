import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { LARGEST_TOTAL_MINOR } from '../../kernel/money.js';
import { CallersReason, PageQuery } from '../../platform/http/index.js';
import { REFUND_STATUSES, type RefundStatus } from '../domain/refund-state.js';

const LARGEST_QUANTITY = 1_000_000;
const MOST_LINES = 100;
const ORDER_ID = /^ord_[0-9a-z]{26}$/;

export class RefundItemDto {
  /** The id of the order's item; this or `product_id`, or both where they mean the same. */
  @ValidateIf((item: RefundItemDto) => (item.product_id ?? undefined) === undefined || item.item_id !== undefined)
  @IsString()
  @Length(1, 64)
  item_id?: string;

  @IsOptional()
  @IsString()
  @Length(1, 64)
  product_id?: string;

  @IsInt()
  @Min(1)
  @Max(LARGEST_QUANTITY)
  quantity: number;
}

/** Without members: all that is left, shipping included. */
export class RequestRefundDto {
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested({ each: true })
  @Type(() => RefundItemDto)
  items?: RefundItemDto[];

  /** Minor units. Alone: money only. With `items`: the money, while the items go back on the shelf. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LARGEST_TOTAL_MINOR)
  amount?: number;

  @CallersReason()
  reason?: string;

  /** Whether the items go back on the shelf; true unless said otherwise. */
  @IsOptional()
  @IsBoolean()
  restock?: boolean;
}

/** Filters of the admin's list. */
export class RefundsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: REFUND_STATUSES })
  @IsOptional()
  @IsIn(REFUND_STATUSES)
  status?: RefundStatus;

  @ApiPropertyOptional({ example: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  @IsOptional()
  @Matches(ORDER_ID, { message: 'must be the id of an order' })
  order_id?: string;
}
