import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MOST_COUNTED } from '../../kernel/page.js';

/** What every list says of its page. */
export class PageView {
  @ApiProperty({
    type: 'integer',
    maximum: MOST_COUNTED,
    description: 'How many objects fit the filter, on all pages together. Counted exactly up to 10 000.',
  })
  total_count: number;

  @ApiPropertyOptional({
    enum: [true],
    description: 'Present where there are more than `total_count` objects. `has_more` is exact all the same.',
  })
  total_count_is_lower_bound?: true;

  @ApiProperty({ type: 'integer' })
  limit: number;

  @ApiProperty({ type: 'integer' })
  offset: number;

  @ApiProperty()
  has_more: boolean;
}
