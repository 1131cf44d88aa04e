import { Injectable } from '@nestjs/common';
import { RefusedMoves } from '../../orders/index.js';
import type { OrderPaymentFailed } from '../../payments/index.js';
import { Database, type Tx } from '../../platform/database/index.js';
import { type Answer, type Claim, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { type Collected, CollectPayment } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderAnswers } from './order-answers.js';
import { type NextCall, type PayOrderCommand, StartPayment } from './start-payment.js';

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
    return this.idempotency.once(call, (claim) =>
      this.refusedMoves.audited(command.actor, command.orderId, 'paid', async () => {
        const next = await this.database.transaction(async (tx) => {
          await claim.take(tx);
          return this.start.execute(tx, command, claim.isTakeOver);
        });
        const declined = await this.call(command, next, claim);
        if (declined) throw declined;
      }),
    );
  }

  private call(
    { actor }: PayOrderCommand,
    next: NextCall,
    claim: Claim<OrderAnswer>,
  ): Promise<OrderPaymentFailed | undefined> {
    const within = (tx: Tx, collected: Collected) => this.answers.afterCall(tx, claim, collected);
    return next.kind === 'send'
      ? this.collect.send(actor, next.attempt, within)
      : this.collect.look(actor, next, within);
  }
}
