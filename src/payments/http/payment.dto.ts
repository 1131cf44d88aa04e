import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { CURRENCIES } from '../../kernel/currencies.js';
import { LARGEST_TOTAL_MINOR } from '../../kernel/money.js';

export const PAYMENT_METHOD = /^pm_[A-Za-z0-9_]{1,200}$/;
export const PAYMENT_METHOD_HINT = 'must be the id of a payment method of Stripe, such as pm_card_visa';

export class StandalonePaymentDto {
  /** Minor units. */
  @IsInt()
  @Min(1)
  @Max(LARGEST_TOTAL_MINOR)
  amount: number;

  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsIn(CURRENCIES, { message: 'must be a three-letter ISO 4217 code that Stripe knows' })
  currency: string;

  @IsString()
  @Matches(PAYMENT_METHOD, { message: PAYMENT_METHOD_HINT })
  payment_method: string;

  @ApiPropertyOptional({ description: 'Instead of the Idempotency-Key header.' })
  @IsOptional()
  @IsString()
  idempotency_key?: string;
}
