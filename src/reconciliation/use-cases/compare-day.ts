import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { counts, differencesBetween } from '../domain/comparison.js';
import { isWithin, type Period, widened } from '../domain/days.js';
import type { ListedEntry } from '../gateway/provider-books.js';
import { Examine } from './examine.js';
import type { Ledger } from './ledger.js';
import { PaymentLedger } from './payment-ledger.js';
import type { Run } from './reconciliation-runs.js';
import { RefundLedger } from './refund-ledger.js';

/** What is booked on one side shortly before midnight may bear the next day's date on the other. */
const MARGIN_SECONDS = 3_600;
/** More than this on one day is no difference but another account, or another database. */
const MOST_SUSPECTS = 5_000;
const PAGE = 500;

/**
 * Compares one day of the provider's books with ours, in both directions. A list alone accuses nobody: what stands in only
 * one of the books, or differs, is looked at by itself.
 */
@Injectable()
export class CompareDay {
  private readonly logger = new Logger(CompareDay.name);

  constructor(
    private readonly database: Database,
    private readonly examine: Examine,
    private readonly payments: PaymentLedger,
    private readonly refunds: RefundLedger,
  ) {}

  async execute(day: Period, run: Pick<Run, 'goOn'>): Promise<void> {
    for (const ledger of [this.payments, this.refunds]) {
      const seen: string[] = [];
      const suspects = new Set(await this.compareList(ledger, day, { run, seen }));
      for (const providerId of await this.findMissing(ledger, day, seen)) suspects.add(providerId);
      requireComparable(suspects.size, ledger, day);
      for (const providerId of suspects) {
        await run.goOn();
        await this.examine.execute(ledger, providerId);
      }
      this.logger.log({
        msg: 'books_compared',
        object: ledger.object,
        day: day.from.toISOString().slice(0, 10),
        listed: seen.length,
        examined: suspects.size,
      });
    }
  }

  /** Reads the provider's list into `seen`, and answers what of the day differs from our books. */
  private async compareList(
    ledger: Ledger,
    day: Period,
    { run, seen }: { readonly run: Pick<Run, 'goOn'>; readonly seen: string[] },
  ): Promise<string[]> {
    const suspects: string[] = [];
    for await (const page of ledger.list(widened(day, MARGIN_SECONDS))) {
      await run.goOn();
      const moved = page.filter(({ entry }) => counts(ledger.object, entry));
      seen.push(...moved.map(({ providerId }) => providerId));
      suspects.push(
        ...(await this.findDiffering(
          ledger,
          moved.filter(({ createdAt }) => isWithin(createdAt, day)),
        )),
      );
    }
    return suspects;
  }

  private async findDiffering(ledger: Ledger, listed: readonly ListedEntry[]): Promise<string[]> {
    const booked = await this.database.transaction((tx) => ledger.find(tx, listed));
    return listed
      .filter(
        ({ providerId, entry }) => differencesBetween(ledger.object, booked.get(providerId)?.entry, entry).length > 0,
      )
      .map(({ providerId }) => providerId);
  }

  private async findMissing(ledger: Ledger, day: Period, seen: readonly string[]): Promise<string[]> {
    const missing: string[] = [];
    for (let size = PAGE; size === PAGE && missing.length <= MOST_SUSPECTS;) {
      const page = { last: missing.at(-1) ?? '', limit: PAGE };
      const found = await this.database.transaction((tx) => ledger.findUnseen(tx, day, seen, page));
      missing.push(...found);
      size = found.length;
    }
    return missing;
  }
}

function requireComparable(suspects: number, { object }: Ledger, { from }: Period): void {
  if (suspects <= MOST_SUSPECTS) return;
  throw new Error(
    `more than ${MOST_SUSPECTS} entries of ${object}s on ${from.toISOString()} differ: is this the right account?`,
  );
}
