import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsString,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { ValidationFailed } from '../../../platform/http/index.js';
import type { EndpointChanges, EndpointDraft } from '../domain/endpoint.js';
import { EVENT_TYPES, isEventPattern } from '../event-table.js';

const LONGEST_URL = 2_048;
const LONGEST_DESCRIPTION = 1_000;
const LONGEST_PATTERN = 100;
const MOST_PATTERNS = 50;
const ALL = ['*'];

const url = { example: 'https://shop.example/hooks', maxLength: LONGEST_URL } as const;
const eventTypes = {
  type: [String],
  example: ['order.paid', 'refund.*'],
  description: 'Types of docs/events.md, families such as `order.*`, or `*` for all.',
} satisfies ApiPropertyOptions;
const description = { maxLength: LONGEST_DESCRIPTION } as const;

/** A member that may be left out, but not sent as null, which would say nothing clear. */
const Omittable = () => ValidateIf((_, value: unknown) => value !== undefined);

export class CreateEndpointDto {
  @ApiProperty(url)
  @IsString()
  @MaxLength(LONGEST_URL)
  url: string;

  @ApiPropertyOptional({ ...eventTypes, default: ALL })
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PATTERNS)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(LONGEST_PATTERN, { each: true })
  event_types?: string[];

  @ApiPropertyOptional({ ...description, default: '' })
  @Omittable()
  @IsString()
  @MaxLength(LONGEST_DESCRIPTION)
  description?: string;

  @ApiPropertyOptional({ default: true, description: 'Whether it is told of events.' })
  @Omittable()
  @IsBoolean()
  enabled?: boolean;
}

export class UpdateEndpointDto {
  @ApiPropertyOptional(url)
  @Omittable()
  @IsString()
  @MaxLength(LONGEST_URL)
  url?: string;

  @ApiPropertyOptional(eventTypes)
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PATTERNS)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(LONGEST_PATTERN, { each: true })
  event_types?: string[];

  @ApiPropertyOptional(description)
  @Omittable()
  @IsString()
  @MaxLength(LONGEST_DESCRIPTION)
  description?: string;

  @ApiPropertyOptional({ description: 'true begins anew with an endpoint that was disabled.' })
  @Omittable()
  @IsBoolean()
  enabled?: boolean;
}

/** Throws ValidationFailed where a filter names no event that there is. */
export function draftOf({
  url,
  event_types = ALL,
  description = '',
  enabled = true,
}: CreateEndpointDto): EndpointDraft {
  return { url, eventTypes: knownPatterns(event_types), description, enabled };
}

/** Throws ValidationFailed where a filter names no event that there is. */
export function changesOf({ event_types, ...others }: UpdateEndpointDto): EndpointChanges {
  return { ...others, eventTypes: event_types && knownPatterns(event_types) };
}

function knownPatterns(patterns: readonly string[]): readonly string[] {
  const faults = patterns.flatMap((pattern, place) =>
    isEventPattern(pattern)
      ? []
      : [
          {
            field: `event_types.${place}`,
            message: `must be *, a family such as order.*, or one of ${EVENT_TYPES.join(', ')}`,
          },
        ],
  );
  if (faults.length > 0) throw new ValidationFailed(faults);
  return patterns;
}
