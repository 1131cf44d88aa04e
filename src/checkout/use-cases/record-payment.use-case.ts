import { Injectable } from '@nestjs/common';
import { OrdersFacade, RefusedMoves, requireTransition } from '../../orders/index.js';
import { Database, inOnePacket } from '../../platform/database/index.js';
import { type Answer, Idempotency, type IdempotentCall } from '../../platform/idempotency/index.js';
import { AttachMoney, type RecordPaymentCommand } from './attach-money.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderAnswers } from './order-answers.js';

/** Tells an order that its money is there: a customer attaches his standalone payment, the shop records outside money. */
@Injectable()
export class RecordPayment {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly orders: OrdersFacade,
    private readonly refusedMoves: RefusedMoves,
    private readonly attach: AttachMoney,
    private readonly answers: OrderAnswers,
  ) {}

  execute(command: RecordPaymentCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, orderId } = command;
    return this.idempotency.once(call, (claim) =>
      this.refusedMoves.audited(actor, orderId, 'paid', () =>
        this.database.transaction(async (tx) => {
          const ask = () => inOnePacket(this.orders.lock(tx, orderId, command.ownerId), this.attach.ask(tx, command));
          const [order, asked] = (await claim.takeAsking(tx, ask)) ?? (await ask());
          requireTransition(order, 'paid');
          const attached = await this.attach.execute(tx, command, order, asked);
          await this.answers.paid(tx, claim, attached.order, attached.payment);
        }),
      ),
    );
  }
}
