import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { LARGEST_TOTAL_MINOR } from '../../kernel/money.js';

const LARGEST_QUANTITY = 1_000_000;
const MOST_LINES = 100;

export class RefundItemDto {
  /** The id of the order's item; this or `product_id`. */
  @ValidateIf((item: RefundItemDto) => item.product_id === undefined || item.item_id !== undefined)
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

  @IsOptional()
  @IsString()
  @Length(1, 500)
  reason?: string;

  /** Whether the items go back on the shelf; true unless said otherwise. */
  @IsOptional()
  @IsBoolean()
  restock?: boolean;
}
