import { Injectable } from '@nestjs/common';
import { OrdersFacade, RefusedMoves } from '../../orders/index.js';
import { Database } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { type CancelOrderCommand, CancellationSteps } from './cancellation-steps.js';
import { CollectPayment } from './collect-payment.js';
import type { OrderAnswer } from './order-answer.js';

/** Gives an order up. An open intent is given up first: as long as it lives, the buyer may still pay it. */
@Injectable()
export class CancelOrder {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly orders: OrdersFacade,
    private readonly refusedMoves: RefusedMoves,
    private readonly steps: CancellationSteps,
    private readonly collect: CollectPayment,
  ) {}

  execute(command: CancelOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, orderId } = command;
    return this.idempotency.once(call, (claim) =>
      this.refusedMoves.audited(actor, orderId, 'cancelled', async () => {
        const step = await this.database.transaction(async (tx) => {
          await claim.take(tx);
          const order = await this.orders.lock(tx, orderId, command.ownerId);
          return this.steps.begin(tx, command, order, claim);
        });
        if (step === 'answered') return;
        const refusal = await this.collect.send(actor, step, (tx, collected) =>
          this.steps.end(tx, command, claim, collected),
        );
        if (refusal) throw refusal;
      }),
    );
  }
}
