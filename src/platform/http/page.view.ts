import { ApiProperty } from '@nestjs/swagger';

/** What every list says of its page. */
export class PageView {
  @ApiProperty({ type: 'integer' })
  total_count: number;

  @ApiProperty({ type: 'integer' })
  limit: number;

  @ApiProperty({ type: 'integer' })
  offset: number;

  @ApiProperty()
  has_more: boolean;
}
