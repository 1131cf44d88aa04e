import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmptyObject,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { LARGEST_TOTAL_MINOR } from '../../kernel/money.js';
import { PAYMENT_METHOD, PAYMENT_METHOD_HINT } from '../../payments/index.js';
import { CallersReason } from '../../platform/http/index.js';

const LARGEST_QUANTITY = 10_000;
const MOST_LINES = 100;
const PROVIDERS = ['stripe', 'manual'] as const;

export class ShippingAddressDto {
  @IsString()
  @Length(1, 200)
  line1: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  line2?: string;

  @IsString()
  @Length(1, 100)
  city: string;

  /** Required in the US: the two-letter code. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  state?: string;

  @IsString()
  @Length(1, 20)
  postal_code: string;

  /** ISO 3166-1 alpha-2. */
  @IsString()
  @Length(2, 2)
  country: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(40)
  phone?: string;
}

class OrderOptionsDto {
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsEmail()
  @MaxLength(254)
  email?: string;

  /** A payment method of Stripe, charged at once. Without it the client confirms the payment himself. */
  @IsOptional()
  @IsString()
  @Matches(PAYMENT_METHOD, { message: PAYMENT_METHOD_HINT })
  payment_method?: string;

  /** `manual` is money taken outside Stripe, recorded by the shop. */
  @IsOptional()
  @IsIn(PROVIDERS)
  provider?: (typeof PROVIDERS)[number];
}

export class CheckOutDto extends OrderOptionsDto {
  @IsNotEmptyObject(
    { nullable: false },
    { message: 'is required: an object with line1, city, postal_code and country' },
  )
  @ValidateNested()
  @Type(() => ShippingAddressDto)
  shipping_address: ShippingAddressDto;

  /** The total that the buyer was shown, in minor units; another one is refused with `price_changed`. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LARGEST_TOTAL_MINOR)
  expected_total?: number;
}

export class OrderLineDto {
  @IsString()
  @Length(1, 64)
  product_id: string;

  @IsInt()
  @Min(1)
  @Max(LARGEST_QUANTITY)
  quantity: number;

  /** What the client believes the price to be, in minor units. The catalogue's price wins. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(LARGEST_TOTAL_MINOR)
  unit_price?: number;
}

export class CreateOrderDto extends OrderOptionsDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => OrderLineDto)
  items: OrderLineDto[];

  @IsOptional()
  @IsNotEmptyObject({ nullable: false })
  @ValidateNested()
  @Type(() => ShippingAddressDto)
  shipping_address?: ShippingAddressDto;

  /** Instead of the Idempotency-Key header. */
  @IsOptional()
  @IsString()
  idempotency_key?: string;
}

export class PayOrderDto {
  @IsOptional()
  @IsString()
  @Matches(PAYMENT_METHOD, { message: PAYMENT_METHOD_HINT })
  payment_method?: string;
}

export class RecordPaymentDto {
  /** A payment of yours (`pay_…`), or the reference of money taken outside Stripe. */
  @IsString()
  @Length(1, 255)
  transaction_id: string;
}

export class CancelOrderDto {
  @CallersReason()
  reason?: string;
}

const REVIEW_ACTIONS = ['accept', 'refund'] as const;

export class ReviewOrderDto {
  @IsIn(REVIEW_ACTIONS)
  action: (typeof REVIEW_ACTIONS)[number];
}
