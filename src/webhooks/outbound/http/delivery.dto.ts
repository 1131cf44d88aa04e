import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsRFC3339, Matches } from 'class-validator';
import { PageQuery, ValidationFailed } from '../../../platform/http/index.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../domain/delivery.js';
import type { ReplayedRange } from '../use-cases/replay-range.use-case.js';

const DAY_MS = 86_400_000;
const LONGEST_RANGE_DAYS = 31;

export class DeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DELIVERY_STATUSES })
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  @ApiPropertyOptional({ example: 'order.paid' })
  @IsOptional()
  @Matches(/^[a-z0-9_.]{1,100}$/, { message: 'must be the type of an event' })
  event_type?: string;
}

/** Times are RFC 3339; the second check refuses days and seconds that no calendar has. */
export class ReplayRangeDto {
  @ApiProperty({ format: 'date-time', description: 'Inclusive.' })
  @IsRFC3339()
  @IsISO8601({ strict: true })
  from: string;

  @ApiProperty({ format: 'date-time', description: `Exclusive, and at most ${LONGEST_RANGE_DAYS} days later.` })
  @IsRFC3339()
  @IsISO8601({ strict: true })
  to: string;
}

/** Throws ValidationFailed where the range ends before it begins, or is too long. */
export function rangeOf(body: ReplayRangeDto): ReplayedRange {
  const [from, to] = [new Date(body.from), new Date(body.to)];
  const days = (to.getTime() - from.getTime()) / DAY_MS;
  if (days <= 0) throw new ValidationFailed([{ field: 'to', message: 'must be later than from' }]);
  if (days > LONGEST_RANGE_DAYS) {
    throw new ValidationFailed([{ field: 'to', message: `must be at most ${LONGEST_RANGE_DAYS} days after from` }]);
  }
  return { from, to };
}
