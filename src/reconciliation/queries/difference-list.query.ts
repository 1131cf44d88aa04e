import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../../platform/database/index.js';
import type { ComparedObject, Difference, DifferenceStatus } from '../domain/difference.js';

export interface DifferenceFilter {
  readonly status?: DifferenceStatus | undefined;
  readonly object?: ComparedObject | undefined;
}

const MATCHES = '($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR "object" = $2)';

/** Differences for the admin, newest first. */
@Injectable()
export class DifferenceListQuery {
  constructor(private readonly database: Database) {}

  async find(filter: DifferenceFilter, page: Page): Promise<Listing<Difference>> {
    const matching = [filter.status ?? null, filter.object ?? null];
    const [counted] = await this.database.read<{ count: number }>(
      `SELECT count(*) AS count FROM reconciliation_differences WHERE ${MATCHES}`,
      matching,
    );
    const rows = await this.database.read<Difference>(
      `SELECT * FROM reconciliation_differences
       WHERE ${MATCHES} AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4 OFFSET $5`,
      [...matching, page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }
}
