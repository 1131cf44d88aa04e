import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, ValidateBy } from 'class-validator';
import { looksLikeSystemReason } from '../../kernel/system-reason.js';

const LONGEST_REASON = 500;

/** A member that may be left out: a text of 1 to 500 characters in which a caller says why, and not in the words of the system. */
export function CallersReason(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'string', minLength: 1, maxLength: LONGEST_REASON }),
    IsOptional(),
    IsString(),
    Length(1, LONGEST_REASON),
    ValidateBy({
      name: 'callersReason',
      validator: {
        validate: (value: unknown) => typeof value !== 'string' || !looksLikeSystemReason(value),
        defaultMessage: () => 'is a reason that the system gives; say it in other words',
      },
    }),
  );
}
