import { Injectable } from '@nestjs/common';
import type { Actor } from '../../kernel/actor.js';
import type { ShippingAddress } from '../../kernel/address.js';
import type { PaymentProvider } from '../../orders/index.js';
import type { Answer, IdempotentCall } from '../../platform/idempotency/index.js';
import type { RequestedLine } from '../domain/lines.js';
import type { OrderAnswer } from './order-answer.js';
import { PlaceOrder } from './place-order.js';

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
  constructor(private readonly placeOrder: PlaceOrder) {}

  execute(command: CreateOrderCommand, call: IdempotentCall<OrderAnswer>): Promise<Answer> {
    const { actor, paymentMethod, ...rest } = command;
    const charged = paymentMethod !== null && command.provider === 'stripe';
    const plan = charged ? { kind: 'charge' as const, paymentMethod } : { kind: 'later' as const };
    const request = { ...rest, cart: null, expectedTotal: null };
    return this.placeOrder.execute({ actor, plan, request: () => Promise.resolve(request) }, call);
  }
}
