import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { systemActor } from '../../kernel/actor.js';
import type { PaymentId } from '../../kernel/id.js';
import { PaymentsFacade } from '../../payments/index.js';
import { CONFIG, type Config } from '../../platform/config/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { RefundRepository } from '../persistence/refund.repository.js';
import { RefundsFacade } from '../refunds.facade.js';

const BATCH = 50;

/** Standalone payments that nobody attached to an order in time go back to whoever paid them. */
@Injectable()
export class ReturnForgottenPayments {
  private readonly logger = new Logger(ReturnForgottenPayments.name);

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly payments: PaymentsFacade,
    private readonly repository: RefundRepository,
    private readonly refunds: RefundsFacade,
  ) {}

  /** Answers how many payments were found. Told to stop, it leaves the rest to the next time. */
  async execute(stop?: AbortSignal): Promise<number> {
    const after = this.config.UNATTACHED_PAYMENT_TTL_SECONDS;
    const forgotten = await this.database.transaction((tx) => this.repository.findForgottenPayments(tx, after, BATCH));
    for (const id of forgotten) {
      if (stop?.aborted) break;
      await this.giveBackSafely(id);
    }
    return forgotten.length;
  }

  /** One payment that somebody holds must not keep the others waiting. */
  private async giveBackSafely(id: PaymentId): Promise<void> {
    try {
      await this.database.transaction((tx) => this.giveBack(tx, id));
    } catch (error) {
      this.logger.error({ msg: 'forgotten_payment_not_returned', payment_id: id, reason: String(error) });
    }
  }

  /** Checked again under the lock: it may have found its order meanwhile, or another worker. */
  private async giveBack(tx: Tx, id: PaymentId): Promise<void> {
    const payment = await this.payments.lock(tx, id);
    if (payment.orderId !== null || (await this.repository.hasOwn(tx, id))) return;
    const actor = systemActor('refunds', randomUUID());
    await this.refunds.returnUnused(tx, actor, { payment, order: null }, 'payment_not_attached');
  }
}
