import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsObject, IsString, Max, Min, ValidateNested } from 'class-validator';
import { type CartLine, LARGEST_QUANTITY, MOST_LINES } from '../domain/cart.js';

// Above the largest quantity the domain answers `cart_limit_exceeded`; what is refused here is no quantity at all.
const LARGEST_INTEGER = Number.MAX_SAFE_INTEGER;

export class CartLineDto {
  @ApiProperty({ example: 'prod_01kaf5d3m0e9wtsz1v5b7x2y4q' })
  @IsString()
  product_id: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: LARGEST_QUANTITY })
  @IsInt()
  @Min(1)
  @Max(LARGEST_INTEGER)
  quantity: number;
}

export class CartQuantityDto {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: LARGEST_QUANTITY, description: '0 takes the product out.' })
  @IsInt()
  @Min(0)
  @Max(LARGEST_INTEGER)
  quantity: number;
}

export class ReplaceCartDto {
  @ApiProperty({ type: () => [CartLineDto], maxItems: MOST_LINES, description: 'Two lines of one product add up.' })
  @IsArray()
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CartLineDto)
  items: CartLineDto[];
}

export class MergeCartDto {
  @ApiProperty({ description: '`access_token` of a guest session.' })
  @IsString()
  guest_token: string;
}

export function lineOf({ product_id, quantity }: CartLineDto): CartLine {
  return { productId: product_id, quantity };
}
