import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { systemActor } from '../../kernel/actor.js';
import { Database } from '../../platform/database/index.js';
import type { DifferenceKind } from '../domain/difference.js';
import type { Ledger, Names, Told } from './ledger.js';
import { NoteDifferences } from './note-differences.js';

/** What can be mended by telling what the provider says. Amounts and currencies that differ are for a person. */
const MENDED_BY_TELLING: ReadonlySet<DifferenceKind> = new Set(['missing_here', 'status']);

/**
 * Looks at one thing that may differ: asks the provider how it stands at this moment, so that nothing is reported which
 * only crossed midnight, writes down what differs, and tells the news to whom they belong, as a webhook would have. Then it
 * compares once more: money that was merely unheard of is an order that is paid, and a difference that is resolved.
 */
@Injectable()
export class Examine {
  private readonly logger = new Logger(Examine.name);

  constructor(
    private readonly database: Database,
    private readonly noteDifferences: NoteDifferences,
  ) {}

  /** Throws where the provider cannot be asked. */
  async execute(ledger: Ledger, providerId: string): Promise<void> {
    const told = await ledger.ask(providerId);
    const kinds = await this.compare(ledger, providerId, told);
    const mendable = kinds.some((kind) => MENDED_BY_TELLING.has(kind));
    if (told && mendable && (await this.tell(told))) await this.compare(ledger, providerId, told);
  }

  private compare(ledger: Ledger, providerId: string, told: Told | undefined): Promise<readonly DifferenceKind[]> {
    const names: Names = told?.names ?? { providerId, ownId: null };
    return this.database.transaction(async (tx) => {
      const booked = (await ledger.find(tx, [names])).get(providerId);
      return this.noteDifferences.execute(tx, { object: ledger.object, providerId, booked, atStripe: told?.entry });
    });
  }

  /** News that cannot be taken in must not keep the other books from being compared: the difference stays open. */
  private async tell({ tell, names }: Told): Promise<boolean> {
    try {
      return await this.database.transaction((tx) => tell(tx, systemActor('reconciliation', randomUUID())));
    } catch (error) {
      this.logger.error({ msg: 'reconciliation_not_applied', provider_id: names.providerId, reason: String(error) });
      return false;
    }
  }
}
