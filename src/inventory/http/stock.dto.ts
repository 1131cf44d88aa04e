import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Length, Matches, Max, Min, NotEquals, ValidateIf } from 'class-validator';

/** The most units that one count or one adjustment can be about. */
const MOST_UNITS = 1_000_000_000;
const LONGEST_REASON = 200;

export class CountStockDto {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: MOST_UNITS, description: 'Units on the shelf.' })
  @IsInt()
  @Min(0)
  @Max(MOST_UNITS)
  on_hand: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'What `on_hand` was when you began to count; in the meantime changed stock is refused.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  expected_on_hand?: number;
}

export class AdjustStockDto {
  @ApiProperty({
    type: 'integer',
    minimum: -MOST_UNITS,
    maximum: MOST_UNITS,
    description: 'Units that came, or that went where it is negative; not 0.',
  })
  @IsInt()
  @Min(-MOST_UNITS)
  @Max(MOST_UNITS)
  @NotEquals(0)
  delta: number;

  @ApiProperty({ minLength: 1, maxLength: LONGEST_REASON, example: 'broken in transport' })
  @IsString()
  @Length(1, LONGEST_REASON)
  @Matches(/[^\p{Z}\p{C}]/u, { message: 'must not be blank' })
  reason: string;
}
