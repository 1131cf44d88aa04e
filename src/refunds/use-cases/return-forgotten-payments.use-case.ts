import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '../../kernel/actor.js';
import type { PaymentId } from '../../kernel/id.js';
import { PaymentsFacade } from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database } from '../../platform/database/index.js';
import { RefundsFacade } from '../refunds.facade.js';

const BATCH = 50;

/** Standalone payments that nobody attached to an order in time go back to whoever paid them. */
@Injectable()
export class ReturnForgottenPayments {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly refunds: RefundsFacade,
  ) {}

  async execute(): Promise<number> {
    const after = this.config.UNATTACHED_PAYMENT_TTL_SECONDS;
    const forgotten = await this.database.transaction((tx) => this.payments.findForgotten(tx, after, BATCH));
    for (const id of forgotten) await this.giveBack(id);
    return forgotten.length;
  }

  /** Checked again under the lock: it may have found its order meanwhile. */
  private async giveBack(id: PaymentId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const payment = await this.payments.lock(tx, id);
      if (payment.orderId !== null || payment.refundHold > 0) return;
      const actor = systemActor('refunds', randomUUID());
      await this.refunds.returnUnused(tx, actor, { payment, order: null }, 'payment_not_attached');
    });
  }
}
