import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/index.js';
import type { Payment } from './domain/payment.js';
import { PaymentBooksRepository, type SettledPeriod } from './persistence/payment-books.repository.js';

/** What our books say of payments, for those who compare them with the provider's. Locks nothing. */
@Injectable()
export class PaymentBooks {
  constructor(private readonly books: PaymentBooksRepository) {}

  /** The payments of these intents, and those with these ids whose intent we never heard of. */
  find(tx: Tx, intentIds: readonly string[], paymentIds: readonly string[]): Promise<Payment[]> {
    return this.books.find(tx, intentIds, paymentIds);
  }

  /** Intents that were booked as paid in this time and that are not among `seen`; by id, `limit` of them after `last`. */
  findUnseen(
    tx: Tx,
    period: SettledPeriod,
    seen: readonly string[],
    page: { readonly last: string; readonly limit: number },
  ): Promise<string[]> {
    return this.books.findUnseen(tx, period, seen, page);
  }
}
