import { Injectable } from '@nestjs/common';
import { type Payment, PaymentsFacade } from '../../payments/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { PaymentBell } from './payment-bell.js';

/**
 * Writes down that the intent of a locked payment is to be given up, and leaves the call to whoever settles payments: he
 * repeats it as long as the provider does not answer, and what he hears ends the order or pays it.
 */
@Injectable()
export class GiveUpIntent {
  constructor(
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly bell: PaymentBell,
  ) {}

  /** `reason` is why the order is given up. */
  async execute(tx: Tx, payment: Payment, reason: string): Promise<void> {
    await this.payments.giveUp(tx, payment, reason);
    await this.payments.update(tx, payment, 0);
    this.database.afterCommit(tx, () => this.bell.ringIn(0, payment.id));
  }
}
