import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { DifferenceRepository } from '../persistence/difference.repository.js';
import { Examine } from './examine.js';
import type { Ledger } from './ledger.js';
import { PaymentLedger } from './payment-ledger.js';
import type { Run } from './reconciliation-runs.js';
import { RefundLedger } from './refund-ledger.js';

/** Open differences that are looked at again in one run, those first that nobody has looked at for longest. */
const MOST_OPEN = 1_000;

/** What differed on an earlier day may have been put right since: then it is resolved. */
@Injectable()
export class LookAgain {
  private readonly ledgers: readonly Ledger[];

  constructor(
    private readonly database: Database,
    private readonly differences: DifferenceRepository,
    private readonly examine: Examine,
    payments: PaymentLedger,
    refunds: RefundLedger,
  ) {
    this.ledgers = [payments, refunds];
  }

  async execute(run: Pick<Run, 'startedAt' | 'goOn'>): Promise<void> {
    const open = await this.database.transaction((tx) => this.differences.findUnseen(tx, run.startedAt, MOST_OPEN));
    for (const { object, providerId } of open) {
      await run.goOn();
      const ledger = this.ledgers.find((each) => each.object === object);
      if (ledger) await this.examine.execute(ledger, providerId);
    }
  }
}
