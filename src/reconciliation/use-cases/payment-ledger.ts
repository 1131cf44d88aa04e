import { Inject, Injectable } from '@nestjs/common';
import { PaymentFacts } from '../../checkout/index.js';
import { type Payment, PaymentBooks } from '../../payments/index.js';
import type { Tx } from '../../platform/database/index.js';
import type { Period } from '../domain/days.js';
import { type ListedEntry, PROVIDER_BOOKS, type ProviderBooks } from '../gateway/provider-books.js';
import type { Booked, Ledger, Names, Told } from './ledger.js';

/** Payments here, and charges at the provider. */
@Injectable()
export class PaymentLedger implements Ledger {
  readonly object = 'payment';

  constructor(
    @Inject(PROVIDER_BOOKS) private readonly provider: ProviderBooks,
    private readonly books: PaymentBooks,
    private readonly facts: PaymentFacts,
  ) {}

  list(period: Period): AsyncIterable<readonly ListedEntry[]> {
    return this.provider.payments(period);
  }

  async ask(providerId: string): Promise<Told | undefined> {
    const payment = await this.provider.findPayment(providerId);
    if (!payment) return undefined;
    const { entry, paymentId, fact } = payment;
    return {
      names: { providerId, ownId: paymentId },
      entry,
      tell: async (tx, actor) => fact !== null && (await this.facts.apply(tx, actor, fact, paymentId)) === 'applied',
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
        const payment =
          found.find((each) => each.providerPaymentId === providerId) ??
          found.find((each) => each.providerPaymentId === null && each.id === ownId);
        return payment ? [[providerId, bookedPayment(payment)]] : [];
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

function bookedPayment({ id, orderId, capturedAmount, currency, status }: Payment): Booked {
  return { id, orderId, entry: { amount: capturedAmount, currency, status } };
}
