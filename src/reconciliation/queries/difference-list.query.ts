import { Injectable } from '@nestjs/common';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import type { ComparedObject, Difference, DifferenceStatus } from '../domain/difference.js';

export interface DifferenceFilter {
  readonly status?: DifferenceStatus | undefined;
  readonly object?: ComparedObject | undefined;
}

/** Differences for the admin, newest first. */
@Injectable()
export class DifferenceListQuery {
  constructor(private readonly database: Database) {}

  find({ status, object }: DifferenceFilter, page: Page): Promise<Listing<Difference>> {
    const conditions = new Conditions()
      .add((place) => `status = ${place}`, status)
      .add((place) => `"object" = ${place}`, object);
    const plan = { columns: '*', from: 'reconciliation_differences', conditions, orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
  }
}
