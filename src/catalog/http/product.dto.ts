import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { CURRENCIES } from '../../kernel/currencies.js';
import { LARGEST_TOTAL_MINOR } from '../../kernel/money.js';
import type { ProductChanges, ProductDraft } from '../domain/product.js';

const LONGEST_TITLE = 200;
const LONGEST_DESCRIPTION = 5_000;

/** Letters, digits, marks, punctuation and symbols of any script, with single kinds of spaces between them only. */
const SKU = /^(?! )[\p{L}\p{N}\p{M}\p{P}\p{S} ]{1,64}(?<! )$/u;
/** One line of text with something to read in it. */
const TITLE = /^(?=.*[^\p{Z}\p{C}])[^\p{Cc}]+$/u;

const unitPrice = { type: 'integer', minimum: 1, maximum: LARGEST_TOTAL_MINOR, description: 'Minor units.' } as const;
const sku = { minLength: 1, maxLength: 64, example: 'MUG-BLUE', description: 'Unique among products in use.' } as const;
const title = { minLength: 1, maxLength: LONGEST_TITLE, example: 'Blue mug' } as const;
const currency = { example: 'usd', description: 'ISO 4217, in either case.' } as const;
const description = { maxLength: LONGEST_DESCRIPTION } as const;

/** A member that may be left out, but not sent as null, which would say nothing clear. */
const Omittable = () => ValidateIf((_, value: unknown) => value !== undefined);

const Sku = () => Matches(SKU, { message: 'must be 1 to 64 printable characters without spaces at the ends' });
const Title = () => Matches(TITLE, { message: 'must be one line that is not blank' });
const InLowerCase = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value));

export class CreateProductDto {
  @ApiProperty(sku)
  @IsString()
  @Sku()
  sku: string;

  @ApiProperty(title)
  @IsString()
  @Length(1, LONGEST_TITLE)
  @Title()
  title: string;

  @ApiPropertyOptional({ ...description, default: '' })
  @Omittable()
  @IsString()
  @MaxLength(LONGEST_DESCRIPTION)
  description?: string;

  @ApiProperty(unitPrice)
  @IsInt()
  @Min(1)
  @Max(LARGEST_TOTAL_MINOR)
  unit_price: number;

  @ApiProperty(currency)
  @InLowerCase()
  @IsIn(CURRENCIES, { message: 'must be a currency code that Stripe supports, such as usd' })
  currency: string;

  @ApiPropertyOptional({ default: true, description: 'Whether it is for sale.' })
  @Omittable()
  @IsBoolean()
  active?: boolean;
}

export class UpdateProductDto {
  @ApiPropertyOptional(sku)
  @Omittable()
  @IsString()
  @Sku()
  sku?: string;

  @ApiPropertyOptional(title)
  @Omittable()
  @IsString()
  @Length(1, LONGEST_TITLE)
  @Title()
  title?: string;

  @ApiPropertyOptional(description)
  @Omittable()
  @IsString()
  @MaxLength(LONGEST_DESCRIPTION)
  description?: string;

  @ApiPropertyOptional(unitPrice)
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(LARGEST_TOTAL_MINOR)
  unit_price?: number;

  @ApiPropertyOptional(currency)
  @Omittable()
  @InLowerCase()
  @IsIn(CURRENCIES, { message: 'must be a currency code that Stripe supports, such as usd' })
  currency?: string;

  @ApiPropertyOptional({ description: 'Whether it is for sale. true brings an archived product back.' })
  @Omittable()
  @IsBoolean()
  active?: boolean;
}

export function draftOf(body: CreateProductDto): ProductDraft {
  const { sku, title, description = '', unit_price, currency, active = true } = body;
  return { sku, title, description, unitPrice: unit_price, currency, active };
}

export function changesOf({ unit_price, ...others }: UpdateProductDto): ProductChanges {
  return { ...others, unitPrice: unit_price };
}
