import { Injectable } from '@nestjs/common';
import { RefusedMoves } from '../../orders/index.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { type CaptureOrderCommand, CaptureSteps } from './capture-steps.js';
import { CollectPayment } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';

/** Takes the money of an order that its buyer's bank holds for us; only then is the stock sold. */
@Injectable()
export class CaptureOrder {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly refusedMoves: RefusedMoves,
    private readonly steps: CaptureSteps,
    private readonly collect: CollectPayment,
  ) {}

  execute(command: CaptureOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, orderId } = command;
    return this.idempotency.once(call, (claim) =>
      this.refusedMoves.audited(actor, orderId, 'paid', async () => {
        const step = await this.database.transaction(async (tx) => {
          await claim.take(tx);
          return this.steps.begin(tx, command, claim);
        });
        if (step === 'answered') return;
        const failed = await this.collect.send(actor, step, (tx, collected) => this.steps.end(tx, claim, collected));
        if (failed) throw failed;
      }),
    );
  }
}
