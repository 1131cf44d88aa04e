import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/index.js';
import { type Refund, RefundBooks, RefundFacts } from '../../refunds/index.js';
import type { Period } from '../domain/days.js';
import { type ListedEntry, PROVIDER_BOOKS, type ProviderBooks } from '../gateway/provider-books.js';
import type { Booked, Ledger, Names, Told } from './ledger.js';

/** Refunds here and at the provider. */
@Injectable()
export class RefundLedger implements Ledger {
  readonly object = 'refund';

  constructor(
    @Inject(PROVIDER_BOOKS) private readonly provider: ProviderBooks,
    private readonly books: RefundBooks,
    private readonly facts: RefundFacts,
  ) {}

  list(period: Period): AsyncIterable<readonly ListedEntry[]> {
    return this.provider.refunds(period);
  }

  async ask(providerId: string): Promise<Told | undefined> {
    const refund = await this.provider.findRefund(providerId);
    if (!refund) return undefined;
    const { entry, refundId, fact } = refund;
    return {
      names: { providerId, ownId: refundId },
      entry,
      tell: async (tx, actor) => (await this.facts.apply(tx, actor, fact)) === 'applied',
    };
  }

  async find(tx: Tx, names: readonly Names[]): Promise<ReadonlyMap<string, Booked>> {
    const ownIds = names.flatMap(({ ownId }) => ownId ?? []);
    const found = await this.books.find(
      tx,
      names.map(({ providerId }) => providerId),
      ownIds,
    );
    return new Map(
      names.flatMap(({ providerId, ownId }) => {
        const refund =
          found.find((each) => each.providerRefundId === providerId) ??
          found.find((each) => each.providerRefundId === null && each.id === ownId);
        return refund ? [[providerId, bookedRefund(refund)]] : [];
      }),
    );
  }

  findUnseen(
    tx: Tx,
    period: Period,
    seen: readonly string[],
    page: { readonly last: string; readonly limit: number },
  ): Promise<string[]> {
    return this.books.findUnseen(tx, period, seen, page);
  }
}

function bookedRefund({ id, orderId, amount, currency, status }: Refund): Booked {
  return { id, orderId, entry: { amount, currency, status } };
}
