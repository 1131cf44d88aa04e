import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { type Listing, MOST_COUNTED, type Page } from '../../kernel/page.js';
import { ValidationFailed } from './http.errors.js';

export const DEFAULT_PAGE_SIZE = 20;
export const LARGEST_PAGE_SIZE = 100;
const LARGEST_OFFSET = 10_000_000;
/** Any prefix and 26 characters: a text of another form names nothing and may not even be storable as text. */
const ID_FORM = /^[a-z]{2,5}_[0-9a-z]{26}$/;

/** Turns the digits of a query member into a number and leaves anything else for the validator to refuse. */
export function QueryInteger(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );
}

/** The paging members that every list takes. Lists with filters extend it. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: LARGEST_PAGE_SIZE, default: DEFAULT_PAGE_SIZE })
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(LARGEST_PAGE_SIZE)
  limit: number = DEFAULT_PAGE_SIZE;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'Rows to pass over. Not together with starting_after.',
  })
  @IsOptional()
  @QueryInteger()
  @IsInt()
  @Min(0)
  @Max(LARGEST_OFFSET)
  offset?: number;

  @ApiPropertyOptional({ type: 'string', description: 'Id of the last object of the page before.' })
  @IsOptional()
  @IsString()
  @Matches(ID_FORM, { message: 'must be the id of an object in this list' })
  starting_after?: string;
}

/** What SQL needs of a page query. Throws ValidationFailed where both ways of paging are asked for. */
export function pageOf(query: PageQuery): Page {
  if (query.offset !== undefined && query.starting_after !== undefined) {
    throw new ValidationFailed([{ field: 'starting_after', message: 'goes without offset: use one or the other' }]);
  }
  return { limit: query.limit, offset: query.offset ?? 0, startingAfter: query.starting_after ?? null };
}

/** A page as it goes over the wire: the rows under their plural name, beside the counts. {@link PageView} describes it. */
export function presentListing<Row, Name extends string>(
  name: Name,
  listing: Listing<Row>,
  page: Page,
  present: (row: Row) => object,
): object {
  return {
    [name]: listing.rows.map(present),
    total_count: Math.min(listing.totalCount, MOST_COUNTED),
    ...(listing.totalCount > MOST_COUNTED ? { total_count_is_lower_bound: true } : {}),
    limit: page.limit,
    offset: page.offset,
    has_more: listing.hasMore,
  };
}
