import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Refund } from './domain/refund.js';
import { type BookedPeriod, RefundBooksRepository } from './persistence/refund-books.repository.js';

/** What our books say of refunds, for those who compare them with the provider's. Locks nothing. */
@Injectable()
export class RefundBooks {
  constructor(private readonly books: RefundBooksRepository) {}

  /** The refunds with these ids at the provider, and those with these ids of ours of which we never heard from there. */
  find(tx: Tx, providerIds: readonly string[], refundIds: readonly string[]): Promise<Refund[]> {
    return this.books.find(tx, providerIds, refundIds);
  }

  /** Live refunds that were heard of in this time and that are not among `seen`; by id, `limit` of them after `last`. */
  findUnseen(
    tx: Tx,
    period: BookedPeriod,
    seen: readonly string[],
    page: { readonly last: string; readonly limit: number },
  ): Promise<string[]> {
    return this.books.findUnseen(tx, period, seen, page);
  }
}
