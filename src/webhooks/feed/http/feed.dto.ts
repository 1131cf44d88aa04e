import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  IsOptional,
  IsString,
  Length,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { PageQuery } from '../../../platform/http/index.js';
import { isEventPattern, typesMatching } from '../../outbound/event-table.js';

const LONGEST_FILTER = 1_000;

@ValidatorConstraint({ name: 'eventFilter' })
class IsEventFilter implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && patternsOf(value).every(isEventPattern);
  }

  defaultMessage(): string {
    return 'must be types of events, families such as order.*, or *, separated by commas';
  }
}

export class EventStreamQuery {
  @ApiPropertyOptional({
    description: 'Id of the last event that was seen.',
    example: 'evt_01kaf5d3m0e9wtsz1v5b7x2y4q',
  })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  after?: string;

  @ApiPropertyOptional({
    description: 'Types of events, or families such as `order.*`, separated by commas; see docs/events.md.',
    example: 'order.*,stock.low',
  })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_FILTER)
  @Validate(IsEventFilter)
  type?: string;
}

export class EventsQuery extends IntersectionType(PageQuery, EventStreamQuery) {}

/** The types that a filter lets through; null: all. */
export function typesOf(filter: string | undefined): string[] | null {
  return filter === undefined ? null : typesMatching(patternsOf(filter));
}

function patternsOf(filter: string): string[] {
  return filter.split(',').map((pattern) => pattern.trim());
}
