import { Injectable } from '@nestjs/common';
import { RefusedMoves } from '../../orders/index.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { CollectPayment } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderAnswers } from './order-answers.js';
import { type PayOrderCommand, StartPayment } from './start-payment.js';

/** Pays an order that waits for its money, or tries again after a decline, which had freed its stock. */
@Injectable()
export class PayOrder {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly refusedMoves: RefusedMoves,
    private readonly start: StartPayment,
    private readonly collect: CollectPayment,
    private readonly answers: OrderAnswers,
  ) {}

  execute(command: PayOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, orderId } = command;
    return this.idempotency.once(call, (claim) =>
      this.refusedMoves.audited(actor, orderId, 'paid', async () => {
        const step = await this.database.transaction(async (tx) => {
          await claim.take(tx);
          return claim.isTakeOver ? this.answers.resume(tx, claim, orderId) : this.start.execute(tx, command);
        });
        if (step === 'answered') return;
        const declined = await this.collect.call(actor, step, (tx, collected) =>
          this.answers.afterCall(tx, claim, collected),
        );
        if (declined) throw declined;
      }),
    );
  }
}
