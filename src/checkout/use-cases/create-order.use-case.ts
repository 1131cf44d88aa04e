import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { PaymentProvider } from '../../orders/index.js';
import { textArray, together, type Tx } from '../../platform/database/index.js';
import type { Answer, IdempotentCall } from '../../platform/idempotency/index.js';
import type { RequestedLine } from '../domain/lines.js';
import type { OrderAnswer } from './order-answer.js';
import { OrderPlacement } from './order-placement.js';
import { PlaceOrder, type RequestedOrder } from './place-order.js';

export interface CreateOrderCommand {
  readonly actor: Actor;
  readonly customerId: string;
  readonly email: string | null;
  readonly shippingAddress: ShippingAddress | null;
  readonly provider: PaymentProvider;
  readonly paymentMethod: string | null;
  readonly lines: readonly RequestedLine[];
}

/** Orders the lines that the client lists, past any cart. Without a payment method the order waits to be paid. */
@Injectable()
export class CreateOrder {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly placement: OrderPlacement,
  ) {}

  execute(command: CreateOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, paymentMethod, ...rest } = command;
    const charged = paymentMethod !== null && command.provider === 'stripe';
    const plan = charged ? { kind: 'charge' as const, paymentMethod } : { kind: 'later' as const };
    const order = { ...rest, cart: null, expectedTotal: null };
    const ids = [...new Set(rest.lines.map((line) => line.productId))];
    const wanted = { ...rest, productIds: textArray(ids) };
    const request = async (tx: Tx): Promise<RequestedOrder> => ({
      order,
      asked: await together(tx, this.placement.questions(wanted)),
    });
    return this.placeOrder.execute({ actor, plan, request }, call);
  }
}
